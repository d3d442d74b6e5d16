// Every page that citizens can come to, in each language: at 320, 360, 768 and 1280 px, with letters twice as large, in
// the dark, with forced colours and on paper; axe finds nothing on any. And every form, sent what no form would send.
import type { Browser } from '@playwright/test';
import { Everywhere } from '../kit/everywhere.ts';
import { Terminal } from '../kit/keys.ts';
import { prepared } from '../kit/preparation.ts';
import type { City } from '../kit/server.ts';
import { expect, test } from '../kit/story.ts';

test.use({ viewport: { width: 320, height: 800 }, locale: 'ja' });

/** The person in charge closes the counter on a day, and offers other times to whoever has a booking. */
async function closes(browser: Browser, city: City, day: string): Promise<void> {
  const { page } = await Terminal.of(browser, city, 'person_in_charge');
  await page.goto(`${city.staff}/rules/new?kind=closed&urgent=yes`);
  await page.locator('[name=on][value=date]').check();
  await page.locator('#day').fill(day);
  await page.locator('#reason').fill('台風');
  await page.locator('#why').fill('台風の接近');
  await page.getByRole('button', { name: '変更案を確かめる' }).click();
  await page.locator('[name=agreed][value=later]').check();
  await page.getByRole('button', { name: 'この内容で変える' }).click();
  await page.goto(`${city.staff}/rules/over`);
  await page.locator('[name=scope][value=all]').check();
  await page.locator('main').getByRole('button', { name: '枠を押さえて案内する' }).click();
  await expect(page.locator('body')).toContainText('代わりの枠を押さえて、案内しました。');
  await page.context().close();
}

test('r4_c_every public page stands in each language, at each width, in each light and on paper, and no form breaks', async ({ page, city, browser }) => {
  test.setTimeout(900_000);
  const [first, second, third] = await prepared(browser, city, 3);
  await city.setClock('2026-11-09T10:00:00+09:00');
  const everywhere = new Everywhere(page, city);
  const press = async (action: string) => page.locator(`main form[action$="${action}"] button[type=submit]`).first().click();
  const proves = async (path: string, number: string) => {
    await page.goto(city.citizens + path);
    await page.locator('#number').fill(number);
    await press(path);
  };

  // A booking for two, from the days to the number.
  await proves('/k', first!.key);
  await everywhere.fromHere();
  await page.locator('main a[href$="/family"]').click();
  await page.locator('#number').fill(second!.key);
  await press('/family');
  await page.locator('main a[href$="/days"]').last().click();
  await page.locator('a.day').first().click();
  await everywhere.fromHere();
  await page.locator('button.time').first().click();
  await everywhere.fromHere();
  await page.locator('[name=who][value=principal]').check();
  await page.locator('[name=who-2][value=proxy]').check();
  await press('/who');
  await everywhere.fromHere();
  await press('/book');
  await expect(page).toHaveURL(/\/done$/);
  await everywhere.fromHere();
  const number = (await page.locator('.done-number').innerText()).trim();

  // The booking, changed in every way and cancelled.
  await proves('/reservation', number);
  await everywhere.fromHere();
  await page.locator('main a[href$="/add"]').click();
  await page.locator('#number').fill(third!.key);
  await page.locator('[name=who][value=principal]').check();
  await press('/add');
  await everywhere.fromHere();
  await page.locator('main a[href$="/days"]').first().click();
  const later = page.locator('a.day').nth(2);
  const day = (await later.getAttribute('href'))!.match(/\d{4}-\d\d-\d\d/)![0];
  await later.click();
  await page.locator('button.time').nth(3).click();
  await expect(page).toHaveURL(/\/change\//);
  await everywhere.fromHere();
  await press('/change');
  const moved = page.url();

  // A wish for an earlier day, looked at while it waits, and taken back.
  await page.locator('main a[href$="/wish"]').click();
  await press('/wish');
  await page.locator('main a[href$="/wish"]').click();
  await everywhere.fromHere();
  await press('/wish/withdraw');
  await page.goto(moved);
  await everywhere.fromHere();

  // The counter closes on that day, and another time is offered.
  await closes(browser, city, day);
  await proves('/reservation', number);
  await page.locator('main a[href$="/offer"]').click();
  await everywhere.fromHere();
  await page.locator('main a[href$="/cancel"]').first().click();
  await press('/cancel');
  await everywhere.fromHere();

  // What stands there without a booking.
  await everywhere.fixed();
  await page.goto(`${city.citizens}/renewal`);
  await everywhere.fromHere('/m/AAAAAAAAAAAAAAAAAAAAAAAAAA', '/embed/ja/renewal', '/embed/ja/issuance/honcho');
  expect(everywhere.left, 'pages that nobody looked at').toEqual([]);
  await everywhere.attack();
});
