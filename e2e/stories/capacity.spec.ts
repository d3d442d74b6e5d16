// Capacity and columns by keyboard alone: a month is walked with the arrows, a slot opened, its places cut, the proposal
// read and made; and a list gets its columns. A press of a mouse fails it; axe looks at every page on the way.
import { Terminal } from '../kit/keys.ts';
import { expect, test } from '../kit/story.ts';

test('r4_e_capacity is edited by keyboard alone, from the map of a month to the change', async ({ browser, city }) => {
  await city.setClock('2026-11-09T09:00:00+09:00');
  const charge = await Terminal.of(browser, city, 'person_in_charge');
  const page = charge.page;
  await charge.open('/rules/month?service=renewal&month=2026-11');
  await charge.sees('枠：電子証明書の更新');
  // One Tab into the map; from there the arrows lead over days and hours, and pass over closed days.
  const at = () => page.evaluate(() => (document.activeElement as HTMLAnchorElement).getAttribute('href'));
  await charge.past();
  await charge.to(/^11月\d+日/, 20);
  const first = await at();
  // The 1st is a Sunday: there is nothing to its right.
  await page.keyboard.press('ArrowRight');
  expect(await at()).toBe(first);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  expect(await at(), 'to the right: the first hour of the day').toContain('#s900');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  expect(await at()).toContain('#s900');
  for (let days = 0; !(await at())?.includes('2026-11-12'); days += 1) {
    expect(days, 'the 12th is reached').toBeLessThan(20);
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowDown');
  expect(await at()).toContain('2026-11-12');
  expect(first).not.toBe(await at());
  await charge.enter();
  await charge.sees('令和8年11月12日(木)の枠：電子証明書の更新');
  await charge.to('枠を減らす', 40);
  await charge.enter();
  await charge.sees('枠の削減の規則を加える');
  // The day stands there already: the way leads on to the hours.
  await charge.past();
  await charge.to('始まる時刻', 30);
  await charge.write('始まる時刻', '9:00');
  await charge.write('終わる時刻', '12:00');
  await charge.pick('減らし方', '予約を取らない');
  await charge.write('減らす理由', '機器の点検');
  await charge.write('変える理由', '市から連絡');
  await charge.press('変更案を確かめる');
  await charge.sees('規則の変更案');
  await charge.reads('11月12日(木)');
  await charge.pick('同意の記録', '同意を得た');
  await charge.write('同意した市の担当者の氏名', '市 太郎');
  await charge.write('時刻（9:00 など）', '8:30');
  await charge.press('この内容で変える');
  await charge.sees('規則');
  await charge.reads('規則を変えました。');
  await charge.open('/rules/slots/2026-11-12?service=renewal');
  await charge.reads('機器の点検');
  await charge.leave();
});

test('r4_e_a rectangle of the map is given its places by keyboard alone, and by the mouse', async ({ browser, city }) => {
  await city.setClock('2026-11-09T09:00:00+09:00');
  const charge = await Terminal.of(browser, city, 'person_in_charge');
  const page = charge.page;
  await charge.open('/rules/month?service=renewal&month=2026-11');
  await charge.past();
  await charge.to(/^11月\d+日/, 20);
  const at = () => page.evaluate(() => (document.activeElement as HTMLAnchorElement).getAttribute('href'));
  for (let days = 0; !(await at())?.includes('2026-11-16'); days += 1) {
    expect(days, 'the 16th is reached').toBeLessThan(20);
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(page.locator('.grid-picked')).toHaveText('選んだ範囲：11月16日(月)から11月17日(火)まで、9:00から11:00まで');
  await expect(page.locator('.is-picked')).toHaveCount(4);
  await page.keyboard.press('Space');
  await charge.holds('10分ごとの人数');
  await page.keyboard.type('1');
  await expect(page.locator('#places')).toHaveValue('1');
  await charge.write('変える理由', '研修');
  await charge.press('変更案を確かめる');
  await charge.sees('規則の変更案');
  await charge.reads('令和8年11月16日(月)から令和8年11月17日(火)までの9:00から11:00まで');
  await charge.leave();

  // The hand of those who use a mouse: drawn over the cells; a press alone still opens the day.
  // Only a terminal that is left complains of its mouse.
  const other = (await Terminal.of(browser, city, 'person_in_charge')).page;
  await other.goto(`${city.staff}/rules/month?service=renewal&month=2026-11&view=table`);
  const cell = (day: string, from: string) => other.locator(`td[data-day="${day}"][data-from="${from}"]`);
  await cell('2026-11-16', '9:00').hover();
  await other.mouse.down();
  await cell('2026-11-16', '9:10').hover();
  await cell('2026-11-17', '9:20').hover();
  await other.mouse.up();
  await expect(other.locator('.is-picked')).toHaveCount(6);
  await expect(other.locator('#last')).toHaveValue('2026-11-17');
  await expect(other.locator('#until')).toHaveValue('9:30');
  await cell('2026-11-16', '9:00').click();
  await expect(other).toHaveURL(/\/rules\/slots\/2026-11-16.*#s900$/);
  await other.context().close();
});

test('r4_f_the columns of a list are arranged by keyboard alone', async ({ browser, city }) => {
  await city.setClock('2026-11-09T09:00:00+09:00');
  const charge = await Terminal.of(browser, city, 'person_in_charge');
  const page = charge.page;
  await charge.open('/layouts/cards/new');
  await charge.sees('カード一覧：レイアウトを作る');
  const columns = () => page.locator('.columns tbody th').allInnerTexts();
  const third = (await columns())[2];
  await charge.to(new RegExp(`上へ[^]*${third}`), 40);
  // The button keeps the focus until its column is the first; then the other one has it.
  await charge.enter();
  await charge.holds(new RegExp(`上へ[^]*${third}`));
  await charge.enter();
  await charge.holds(new RegExp(`下へ[^]*${third}`));
  expect((await columns())[0]).toBe(third);
  // Enter in a field neither saves nor moves anything.
  await charge.to('レイアウトの名前', 90);
  await page.keyboard.type('棚卸用');
  await page.keyboard.press('Enter');
  await charge.sees('カード一覧：レイアウトを作る');
  expect((await columns())[0]).toBe(third);
  await charge.pick('同意の記録', '同意を得た');
  await charge.write('同意した市の担当者の氏名', '市 太郎');
  await charge.write('時刻（9:00 など）', '8:30');
  await charge.press('保存する');
  await charge.sees('カード一覧：列と並び');
  await charge.press('自分の一覧に使う', 30);
  await charge.reads('「棚卸用」です');
  await charge.leave();
});
