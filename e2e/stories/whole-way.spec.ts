import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import type { City, Database } from '../kit/server.ts';
import { checkPage, expect, shot, test, WIDTHS } from '../kit/story.ts';

const CARDS = 3;

/** A list of cards as a city gets it; made by the program itself, with names that are plainly invented. */
function list(): Buffer {
  return execFileSync(process.env.MADOGUCHI_BIN!, ['sample', 'consignment', '--cards', String(CARDS), '--seed', '5', '--encoding', 'cp932']);
}

/** What zbarimg reads from a page of a PDF. */
function codes(pdf: Buffer, page: number): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'madoguchi-paper-'));
  const [file, picture] = [join(folder, 'paper.pdf'), join(folder, 'page')];
  writeFileSync(file, pdf);
  execFileSync('pdftoppm', ['-r', '150', '-png', '-singlefile', '-f', String(page), '-l', String(page), file, picture]);
  return execFileSync('zbarimg', ['-q', '--raw', `${picture}.png`]).toString().trim().split('\n');
}

/** A terminal of the staff, signed in. */
async function terminal(browser: Browser, city: City, role: string): Promise<Page> {
  const context: BrowserContext = await browser.newContext({ viewport: WIDTHS.desk, locale: 'ja' });
  const page = await context.newPage();
  const person = city.person(role);
  await page.goto(`${city.staff}/sign-in`);
  await page.locator('[name=login]').fill(person.login);
  await page.locator('[name=password]').fill(person.password);
  await page.getByRole('button', { name: 'サインイン' }).click();
  return page;
}

async function scan(page: Page, code: string): Promise<void> {
  await page.locator('main [name=code]').fill(code);
  await page.locator('main [name=code]').press('Enter');
  await page.waitForLoadState();
}

/** The city's person and the paper they signed. */
async function signed(page: Page): Promise<void> {
  await page.locator('[name=person]').fill('市川 一郎');
  await page.locator('[name=paper]').check();
}

/** From the list to the posted letters. Answers what the QR codes on the letters say. */
async function lettersOf(browser: Browser, city: City): Promise<{ addresses: string[]; controls: string[] }> {
  await city.setClock('2026-11-02T08:50:00+09:00');
  let staff = await terminal(browser, city, 'operator');
  await staff.goto(`${city.staff}/consignments/new`);
  await staff.locator('[name=received_on]').fill('2026-11-02');
  await staff.locator('[name=list_date]').fill('2026-10-30');
  await staff.locator('[name=box]').fill('1');
  await staff.locator('[name=file]').setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: list() });
  await staff.getByRole('button', { name: '内容を確認する' }).click();
  await expect(staff.getByRole('heading', { level: 1 })).toContainText('取り込む内容の確認');
  await checkPage(staff);
  await shot(staff, 'way-01-checked');
  await staff.getByRole('button', { name: '取り込む' }).click();
  const consignment = new URL(staff.url()).pathname;
  await checkPage(staff);
  await shot(staff, 'way-02-consignment');
  const words = await staff.locator('main table a[href^="/cards/"]').allInnerTexts();
  const controls = words.map((word) => word.replaceAll(/\D/g, ''));
  expect(controls).toHaveLength(CARDS);
  for (const pass of ['print', 'register', 'notice']) {
    await staff.goto(`${city.staff}${consignment}/inspect/${pass}`);
    for (const control of controls) await scan(staff, control);
    await checkPage(staff);
    await shot(staff, `way-03-inspect-${pass}`);
  }
  await staff.goto(`${city.staff}${consignment}/send`);
  await staff.locator('[name=counted]').fill(String(CARDS));
  await signed(staff);
  await checkPage(staff);
  await staff.getByRole('button', { name: '市へ引き継ぐ' }).click();
  await staff.locator('[name=counted]').fill(String(CARDS));
  await signed(staff);
  await checkPage(staff);
  await shot(staff, 'way-04-batch');
  await staff.getByRole('button', { name: '返却を記録する' }).click();
  await staff.goto(`${city.staff}/storage`);
  const label = (await staff.locator('main tbody tr').first().locator('td').first().innerText()).replaceAll(/\D/g, '');
  await staff.goto(`${city.staff}/storage/put`);
  for (const code of [label, ...controls]) await scan(staff, code);
  await checkPage(staff);
  await shot(staff, 'way-05-put-away');
  await staff.goto(`${city.staff}/letters`);
  await staff.getByRole('button', { name: `次の${CARDS}通を作る` }).click();
  const part = staff.url();
  const answer = await staff.request.get(`${part}/letters.pdf`);
  expect(answer.status()).toBe(200);
  const pdf = await answer.body();
  const addresses = controls.map((control, n) => {
    const read = codes(pdf, 2 * n + 1);
    expect(read).toContain(control);
    return read.find((code) => code.startsWith('http'))!;
  });
  await staff.goto(part);
  await staff.locator('[name=counted]').fill(String(CARDS));
  await signed(staff);
  await staff.getByRole('button', { name: '市へ引き継ぐ' }).click();
  await staff.locator('[name=posted_on]').fill('2026-11-02');
  await signed(staff);
  await checkPage(staff);
  await shot(staff, 'way-06-letters');
  await staff.getByRole('button', { name: '発送を記録する' }).click();
  await expect(staff.locator('main')).toContainText('市の発送日');
  await staff.context().close();
  return { addresses, controls };
}

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
      test.setTimeout(240_000);
      const { addresses, controls } = await lettersOf(browser, city);

      await city.setClock('2026-11-09T20:00:00+09:00');
      // In Japanese, straight in by the QR code.
      await page.goto(addresses[0]!);
      await expect(page.locator('#number')).not.toHaveValue('');
      await checkPage(page);
      await shot(page, 'way-10-key');
      await page.getByRole('button', { name: '次へ進む' }).click();
      await checkPage(page);
      await shot(page, 'way-11-days');
      await page.locator('main a[href$="/days/2026-11-12"]').first().click();
      await checkPage(page);
      await shot(page, 'way-12-times');
      await page.getByRole('button', { name: /^9時00分/ }).click();
      await checkPage(page);
      await shot(page, 'way-13-who');
      await page.locator('input[name="who"][value="principal"]').check();
      await page.getByRole('button', { name: '次へ進む' }).click();
      await checkPage(page);
      await shot(page, 'way-13-check');
      await page.getByRole('button', { name: 'この内容で予約する' }).click();
      await expect(page.getByRole('heading', { level: 1 })).toContainText('予約が終わりました');
      await checkPage(page);
      await shot(page, 'way-14-done');

      // In English, without scripts; cancelled, and booked again.
      const context = await browser.newContext({ viewport, locale: 'en', javaScriptEnabled: false });
      const english = await context.newPage();
      for (const start of [/^10:00/, /^10:10/]) {
        await english.goto(`${city.citizens}/k`);
        await expect(english.locator('html')).toHaveAttribute('lang', 'en');
        await english.locator('#number').fill(addresses[1]!.split('#')[1]!);
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

      await city.setClock('2026-11-11T09:30:00+09:00');
      let staff = await terminal(browser, city, 'operator');
      await staff.goto(`${city.staff}/reservations/2026-11-12`);
      await expect(staff.locator('main')).toContainText('10:10');
      await checkPage(staff);
      await shot(staff, 'way-30-tomorrow');
      expect((await staff.request.get(`${city.staff}/reservations/2026-11-12.pdf`)).status()).toBe(200);
      await staff.context().close();

      await city.setClock('2026-11-12T09:00:00+09:00');
      staff = await terminal(browser, city, 'operator');
      await checkPage(staff);
      await shot(staff, 'way-31-today');
      await staff.goto(`${city.staff}/pull/2026-11-12`);
      await staff.keyboard.type(controls[0]!);
      await staff.keyboard.press('Enter');
      await expect(staff.locator('main')).toContainText('引き抜きました');
      await checkPage(staff);
      await shot(staff, 'way-31-pull');
      await staff.keyboard.press('F2');
      await staff.keyboard.type(controls[0]!);
      await staff.keyboard.press('Enter');
      await staff.getByRole('button', { name: '受け付ける' }).click();
      await checkPage(staff);
      await shot(staff, 'way-32-sheet');
      for (const box of await staff.locator('[name=item]').all()) await box.check();
      await staff.locator('[name=notice_card][value=handed_in]').check();
      await staff.locator('[name=old_card][value=none]').check();
      await staff.getByRole('button', { name: '書類を確認した' }).click();
      await checkPage(staff);
      await shot(staff, 'way-32-reception');
      await staff.locator('[name=person]').fill('市川 一郎');
      await staff.getByRole('button', { name: '書類とカードを市へ引き継いだ' }).click();
      await signed(staff);
      await staff.getByRole('button', { name: '交付済にする' }).click();
      await expect(staff.locator('main')).toContainText('カード交付完了です');
      await staff.goto(`${city.staff}/cards`);
      await staff.keyboard.press('F2');
      await staff.keyboard.type(controls[0]!);
      await staff.keyboard.press('Enter');
      await staff.waitForURL('**/cards/*');
      await checkPage(staff);
      await shot(staff, 'way-33-card');
      await staff.goto(`${city.staff}/counter`);
      await checkPage(staff);
      await shot(staff, 'way-34-counter');
      await staff.context().close();

      await city.setClock('2026-11-12T17:40:00+09:00');
      const charge = await terminal(browser, city, 'person_in_charge');
      await charge.goto(`${city.staff}/close/2026-11-12`);
      await charge.locator('[name=absent]').first().check();
      await checkPage(charge);
      await shot(charge, 'way-40-close');
      await charge.getByRole('button', { name: '選んだ人を不来庁にする' }).click();
      await charge.locator('[name=city_count]').fill('1');
      await charge.getByRole('button', { name: 'この日を締める' }).click();
      await charge.goto(`${city.staff}/reports/2026-11-12`);
      await expect(charge.locator('main')).toContainText('一致');
      await checkPage(charge);
      await shot(charge, 'way-41-report');
      await charge.context().close();
    });
  });
}
