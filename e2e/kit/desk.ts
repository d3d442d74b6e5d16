// Telephone, the next day's list, and the pull, by keyboard and scanner.
import type { Terminal } from './keys.ts';
import { rows, words } from './paper.ts';
import { CITY, type Card } from './preparation.ts';
import { expect, picture } from './story.ts';

/** How many keys an operator presses from the last digit of the key to the booked time. */
const MOST_KEYS = 12;

/** Somebody telephones and reads the key of the letter. */
export async function telephones(desk: Terminal, card: Card, time: string, visitor?: string): Promise<void> {
  await desk.f2(card.key);
  await desk.sees('カード');
  await desk.reads('ご案内の言葉');
  await picture(desk.page, 'telephone-card');
  await desk.holds('予約を取る');
  await desk.enter();
  // The first free time of the first free day has the focus, and so has that of the next; other choices are before it.
  await desk.holds('空き');
  await desk.chord('n', 'KeyN');
  let keys = 2;
  if (visitor) {
    await desk.pick('来庁者', visitor, 'Shift+Tab');
    keys += 2;
  }
  await desk.to(time, MOST_KEYS - keys);
  await picture(desk.page, 'telephone-times', 900);
  await desk.enter();
  await desk.sees('予約');
  await desk.reads('予約完了');
}

/** Somebody telephones, says the number of the card's reservation, and cancels. */
export async function cancelsByTelephone(desk: Terminal, card: Card): Promise<void> {
  await desk.f2(card.control);
  await desk.past();
  await desk.to(/^\d+月\d+日|^令和/);
  await desk.enter();
  await desk.sees('予約');
  await desk.to('取り消す');
  // It leads to the form, further down on the same page.
  await desk.page.keyboard.press('Enter');
  await desk.pick('申し出の方法', '電話');
  await picture(desk.page, 'telephone-reservation', 720, false);
  await desk.press('予約を取り消す');
  await desk.reads('取消');
}

/** The list of the next open day is frozen, printed and given to the city before noon. */
export async function freezes(desk: Terminal, day: string, booked: number): Promise<void> {
  await desk.task(1, '今日');
  await picture(desk.page, 'charge-today');
  await desk.past();
  await desk.press('リストを確定する');
  await desk.holds(`リストを確定する（${booked}件）`);
  await desk.enter();
  await desk.holds('リストを受け取った市の担当者');
  await desk.page.keyboard.type(CITY);
  await picture(desk.page, 'charge-list');
  await desk.press('市へ引き継いだ');
  await desk.reads(`受け取った人：${CITY}`);
  await desk.reads('確かめていない違い（0件）');
  const paper = words(await desk.file('確定リストを印刷'));
  const sheet = rows(await desk.file('Excel'));
  const times = (text: string) => text.match(/\b\d{1,2}:\d{2}\b/g) ?? [];
  const listed = sheet.filter((row) => row.some((cell) => /^\d{1,2}:\d{2}$/.test(cell)));
  expect(listed, 'the workbook has a row for each reservation').toHaveLength(booked);
  for (const row of listed) expect(times(paper)).toContain(row.find((cell) => /^\d{1,2}:\d{2}$/.test(cell)));
}

/** Each difference is looked at, and said to be. */
export async function seesDifferences(desk: Terminal, count: number): Promise<void> {
  await desk.task(1, '今日');
  await desk.past();
  await desk.press('違いを確かめる');
  for (let left = count; left > 0; left -= 1) {
    await desk.reads(`確かめていない違い（${left}件）`);
    if (left === count) await picture(desk.page, 'charge-differences');
    await desk.press('確かめた');
  }
  await desk.reads('確かめていない違い（0件）');
}

/** The cards of the next open day come out of their boxes in the order of the page. */
export async function pulls(desk: Terminal, cards: Card[], missing: Card[], stranger: Card | undefined): Promise<void> {
  await desk.task(4, '保管');
  await desk.past();
  await desk.press('予約のカードを引き抜く');
  const wanted = await desk.page.locator('main .by-box tbody a[href^="/cards/"]:not([href*="/incident"])').allInnerTexts();
  expect(wanted.map((words) => words.replaceAll(/\D/g, '')).sort()).toEqual(
    [...cards, ...missing].map((card) => card.control).sort(),
  );
  if (stranger) {
    await desk.scan(stranger.control);
    await expect(desk.page.locator('.scanned-bad')).toBeVisible();
  }
  for (const [n, card] of cards.entries()) {
    await desk.scan(card.control);
    await expect(desk.page.locator('.scanned-good')).toContainText('引き抜きました');
    if (n === 2) await picture(desk.page, 'preparation-pull');
  }
  await desk.reads(`${cards.length}／${cards.length + missing.length}枚`);
}

/** Nobody finds a card: the city is told. */
export async function reportsMissing(desk: Terminal, card: Card): Promise<void> {
  await desk.f2(card.control);
  await desk.past();
  await desk.press('見つからない・事故として記録');
  await desk.pick('何が起きたか', '所在不明');
  await desk.write('起きたこと・探した場所', '箱と棚を二人で二回探した');
  await desk.write('知らせた市の担当者', CITY);
  await desk.write('知らせた時刻', '13:30');
  await picture(desk.page, 'preparation-missing');
  await desk.press('事故として記録する');
  await desk.reads('終わっていない事故（1件）');
}
