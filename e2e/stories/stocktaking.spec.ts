// 棚卸: the count of a box goes on while the network is away, and each scan is taken once, in its order.
import { prepared } from '../kit/preparation.ts';
import { checkPage, expect, picture, shot, test, watch, WIDTHS } from '../kit/story.ts';

test('r5_c7 a box is counted through a loss of the network', async ({ browser, city }) => {
  test.slow();
  const controls = (await prepared(browser, city, 8)).map((card) => card.control);
  await city.setClock('2026-11-04T09:00:00+09:00');
  const context = await browser.newContext({ viewport: WIDTHS.desk, locale: 'ja-JP', timezoneId: 'Asia/Tokyo' });
  const page = await context.newPage();
  const end = watch(page, city);
  const person = city.person('operator');
  await page.goto(`${city.staff}/sign-in`);
  await page.locator('[name=login]').fill(person.login);
  await page.locator('[name=password]').fill(person.password);
  await page.getByRole('button', { name: 'サインイン' }).click();
  await page.goto(`${city.staff}/storage`);
  const label = (await page.locator('main tbody td.when').first().innerText()).replaceAll(/\D/g, '');
  await page.getByRole('link', { name: '棚卸を開く' }).click();
  await checkPage(page);
  await page.getByRole('button', { name: '棚卸を始める' }).click();
  await checkPage(page);
  await picture(page, 'stocktaking');
  const state = page.locator('[data-count-state]');
  const line = page.locator('[data-count-line]');
  const scan = async (code: string) => {
    await page.keyboard.type(code);
    await page.keyboard.press('Enter');
  };
  await scan(label);
  await expect(state).toContainText('0／4枚');
  await scan(controls[0]!);
  await expect(state).toContainText('1／4枚');
  await expect(state).toContainText('この箱のカードです');
  await checkPage(page);
  await picture(page, 'stocktaking-count');
  // The network goes. Whoever counts is told, and goes on.
  await context.setOffline(true);
  await scan(controls[1]!);
  await expect(line).toContainText('通信が切れています。読み取りは続けられます（未送信 1件）');
  await expect(state).toContainText('控えました（未送信）');
  await scan(controls[2]!);
  await expect(line).toContainText('未送信 2件');
  await scan(controls[2]!);
  await expect(state).toContainText('読み取り済みのカードです');
  await expect(line).toContainText('未送信 2件');
  await scan('12345');
  await expect(state).toContainText('読み取れません');
  await checkPage(page);
  await shot(page, 'stocktaking-offline');
  // It comes back: what was scanned is sent in its order, each once.
  await context.setOffline(false);
  await expect(state).toContainText('3／4枚');
  await expect(line).toBeHidden();
  await expect(state).toContainText(`${controls[2]!.slice(0, 3)} ${controls[2]!.slice(3, 6)} ${controls[2]!.slice(6)}`);
  // A page that is closed meanwhile loses nothing: whoever opens the box again sends it.
  await context.setOffline(true);
  await scan(controls[3]!);
  await expect(line).toContainText('未送信 1件');
  const box = page.url();
  await page.goto('about:blank');
  await context.setOffline(false);
  await page.goto(box);
  await expect(state).toContainText('4／4枚');
  await expect(line).toBeHidden();
  // The label again: the box is done, and its page is left.
  await scan(label);
  await expect(page.getByRole('status').first()).toContainText('数え終わりました');
  await checkPage(page);
  end();
  await context.close();
});
