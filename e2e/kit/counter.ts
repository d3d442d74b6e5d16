// Reception, close and report, by keyboard and scanner.
import type { Terminal } from './keys.ts';
import { CITY, type Card } from './preparation.ts';
import { expect, picture } from './story.ts';

/** The sheet by which the papers are looked at. */
export type Sheet = '本人' | '法定代理人' | '任意代理人';

/** Who was scanned has arrived. */
async function arrives(desk: Terminal): Promise<void> {
  await desk.holds('受け付ける');
  await desk.enter();
  await desk.sees('受付');
}

/** The papers are checked, they go to the city with the card, and the city issues it. */
export async function receives(desk: Terminal, sheet: Sheet): Promise<void> {
  await arrives(desk);
  const chosen = desk.page.locator('nav[aria-label=チェックシート] [aria-current]');
  if ((await chosen.innerText()) !== sheet) {
    await desk.back(sheet);
    await desk.enter();
  }
  await desk.reads(`チェックシート：${sheet}が来庁したとき`);
  await desk.tickAll();
  await desk.pick('通知カード', sheet === '本人' ? '回収した' : '持っていない');
  await desk.pick('住基カード', '持っていない');
  await picture(desk.page, `reception-sheet-${{ 本人: 'self', 法定代理人: 'representative', 任意代理人: 'proxy' }[sheet]}`);
  await desk.press('書類を確認した');
  await desk.holds('受け取った市の担当者');
  await desk.page.keyboard.type(CITY);
  await picture(desk.page, 'reception-to-city');
  await desk.press('書類とカードを市へ引き継いだ');
  await desk.holds('交付した市の担当者');
  await desk.page.keyboard.type(CITY);
  await desk.tick('市の署名のある書面により記録する');
  await desk.press('交付済にする');
  await desk.reads('カード交付完了です');
  await desk.holds('窓口へ戻る');
  await desk.enter();
  await desk.sees('窓口');
}

/** Somebody is here whose card cannot be given. */
export async function sendsAway(desk: Terminal, reason: string, remark: string): Promise<void> {
  await arrives(desk);
  await desk.to('書類を確認した', 30);
  await desk.select('理由', reason);
  await desk.write('備考', remark);
  await picture(desk.page, 'reception-sent-away', 720, false);
  await desk.press('持ち帰りにする');
  await desk.reads('持ち帰り');
}

/** Somebody goes away before the end. */
export async function goes(desk: Terminal): Promise<void> {
  await arrives(desk);
  await desk.to('途中退出にする', 30);
  await desk.enter();
  await desk.reads('途中退出');
}

/** Somebody comes without a reservation: there is a place, and the card is fetched from its box. */
export async function walksIn(desk: Terminal, card: Card): Promise<void> {
  await desk.f2(card.control);
  // The card offers to book first; coming at once is the next act but two.
  await desk.to('予約なしで受け付ける');
  await picture(desk.page, 'reception-walk-in');
  await desk.enter();
  await desk.press('引き抜きの画面へ');
  await desk.scan(card.control);
  await desk.reads('引き抜きました');
  await desk.f2(card.control);
  await receives(desk, '本人');
}

/** Cards go back into a box. */
export async function putsBack(desk: Terminal, cards: Card[]): Promise<void> {
  await desk.task(4, '保管');
  const label = (await desk.page.locator('main tbody td.when').first().innerText()).replaceAll(/\D/g, '');
  await desk.past();
  await desk.press('カードを箱に入れる');
  await desk.scan(label);
  for (const card of cards) {
    await desk.scan(card.control);
    await expect(desk.page.locator('.scanned-good')).toContainText('入れました');
  }
}

/** From the board to the screen of the close. */
async function opensClose(charge: Terminal): Promise<void> {
  await charge.task(1, '今日');
  await charge.past();
  await charge.press('締めの画面へ');
  await charge.sees('締め');
}

/** Who did not come is chosen by a person; what is out of its box is told. */
export async function setsNotCome(charge: Terminal, out: number): Promise<void> {
  await opensClose(charge);
  await charge.holds(/^\d{1,2}:\d{2} /);
  await charge.page.keyboard.press('Space');
  await picture(charge.page, 'charge-not-come');
  await charge.press('選んだ人を不来庁にする');
  await charge.reads(`箱の外にあるカード（${out}枚）`);
}

/** The day is closed against the city's count. */
export async function closes(charge: Terminal, issued: number): Promise<void> {
  await opensClose(charge);
  await charge.holds('市が数えた交付件数');
  await charge.page.keyboard.type(String(issued));
  await picture(charge.page, 'charge-close');
  await charge.press('この日を締める');
  await charge.reads(`市の交付件数は${issued}件です。`);
}

/** A result of the day before, which is closed, was another one. */
export async function corrects(charge: Terminal, card: Card, to: string, remark: string): Promise<void> {
  await charge.task(2, '予約');
  await charge.past();
  await charge.press('前の開庁日');
  await charge.past();
  // The day's list is in the order of its times: as many tabs as it has lines.
  await charge.to(card.control.replaceAll(/\B(?=(\d{3})+$)/g, ' '), 40);
  await charge.enter();
  await charge.past();
  await charge.press('結果を訂正する');
  await charge.pick('正しい結果', to);
  await charge.write('訂正の理由', remark);
  await picture(charge.page, 'charge-correction');
  await charge.press('訂正する');
  await charge.reads(to);
}
