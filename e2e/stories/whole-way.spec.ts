import { closes, putsBack, receives, setsNotCome } from '../kit/counter.ts';
import { books } from '../kit/citizen.ts';
import { pulls } from '../kit/desk.ts';
import { Terminal } from '../kit/keys.ts';
import { prepared } from '../kit/preparation.ts';
import type { Database } from '../kit/server.ts';
import { expect, shot, test, WIDTHS } from '../kit/story.ts';

const CARDS = 3;

/** Both widths on the embedded database, and one smoke way on PostgreSQL. */
const WAYS: [string, keyof typeof WIDTHS, Database][] = [
  ['with citizens on a phone', 'phone', 'sqlite'],
  ['with citizens on a desk', 'desk', 'sqlite'],
  ['on PostgreSQL', 'phone', 'postgres'],
];

for (const [name, width, database] of WAYS) {
  test.describe(name, () => {
    const viewport = WIDTHS[width];
    test.use({ viewport, locale: 'ja', database });

    test('the whole way, from the list to the closed day', async ({ page, city, browser }) => {
      test.setTimeout(600_000);
      const cards = await prepared(browser, city, CARDS);
      const [first, second] = [cards[0]!, cards[1]!];

      await city.setClock('2026-11-09T20:00:00+09:00');
      // In Japanese, straight in by the QR code.
      await books(page, [first.address], '2026-11-12', /^9時00分/, ['principal']);
      await shot(page, 'way-14-done');

      // In English, without scripts; cancelled, and booked again.
      const context = await browser.newContext({ viewport, locale: 'en', javaScriptEnabled: false });
      const english = await context.newPage();
      for (const start of [/^10:00/, /^10:10/]) {
        await english.goto(`${city.citizens}/k`);
        await expect(english.locator('html')).toHaveAttribute('lang', 'en');
        await english.locator('#number').fill(second.key);
        await english.locator('main form button[type=submit]').click();
        await english.locator('main a[href$="/days/2026-11-12"]').first().click();
        await english.getByRole('button', { name: start }).click();
        await english.locator('input[name="who"][value="principal"]').check();
        await english.locator('main form button[type=submit]').click();
        await english.locator('main form button[type=submit]').click();
        await expect(english.locator('.done-number')).toBeVisible();
        await shot(english, 'way-20-done-english');
        if (start.source.includes('10:10')) break;
        const number = await english.locator('.done-number').innerText();
        await english.goto(`${city.citizens}/reservation`);
        await english.locator('#number').fill(number);
        await english.locator('main form button[type=submit]').click();
        await english.locator('main a[href$="/cancel"]').click();
        await shot(english, 'way-21-cancel-english');
        await english.locator('main form button[type=submit]').click();
      }
      await context.close();

      await city.setClock('2026-11-11T13:30:00+09:00');
      let desk = await Terminal.of(browser, city, 'operator');
      await desk.open('/reservations/2026-11-12');
      await desk.reads('10:10');
      await shot(desk.page, 'way-30-tomorrow');
      expect((await desk.page.request.get(`${city.staff}/reservations/2026-11-12.pdf`)).status()).toBe(200);
      await pulls(desk, [first, second], [], undefined);
      await shot(desk.page, 'way-31-pull');
      await desk.leave();

      await city.setClock('2026-11-12T09:00:00+09:00');
      desk = await Terminal.of(browser, city, 'operator');
      await shot(desk.page, 'way-31-today');
      await desk.f2(first.control);
      await receives(desk, '本人');
      await desk.f2(first.control);
      await shot(desk.page, 'way-33-card');
      await desk.leave();

      await city.setClock('2026-11-12T17:40:00+09:00');
      const charge = await Terminal.of(browser, city, 'person_in_charge');
      await setsNotCome(charge, 1);
      await putsBack(charge, [second]);
      await closes(charge, 1);
      await charge.press('この日の報告を見る');
      await charge.reads('一致');
      await shot(charge.page, 'way-41-report');
      await charge.leave();
    });
  });
}
