// Cards that nobody collects: the city has their citizens reminded, keeps them for longer where somebody is ill, and has
// them destroyed in the end, by its word alone. In a city that has been at work, so that the lists look as they will.
import type { Browser } from '@playwright/test';
import { words } from '../kit/paper.ts';
import { Person } from '../kit/person.ts';
import type { City } from '../kit/server.ts';
import { expect, test } from '../kit/story.ts';

const BEGIN = '2026-11-24T13:50:00+09:00';
test.use({ filled: BEGIN });

async function sits(browser: Browser, city: City, at: string): Promise<Person> {
  await city.setClock(at);
  return Person.of(browser, city, 'operator');
}

/** A list by the city's word, without the first card; answers the cards on it, as they are shown. */
async function listed(desk: Person): Promise<{ kept: string; cards: string[] }> {
  await desk.open('/reminders/new');
  await desk.fill({ posted: '14' });
  await desk.press('対象を出す');
  await desk.reads('令和8年11月24日(火)現在の対象');
  const lines = desk.page.locator('main tbody th label');
  const [kept, ...cards] = (await lines.allInnerTexts()).map((line) => line.trim());
  expect(cards.length, 'cards that wait for two weeks').toBeGreaterThan(2);
  await lines.first().getByRole('checkbox').uncheck();
  await desk.picture('preparation-reminder-new', 840);
  await desk.stands('reminder-new');
  await desk.signed({}, '名簿を作る');
  await desk.reads(`${cards.length}枚`);
  return { kept: kept!, cards };
}

/** The city says that it sent a list. */
async function sent(desk: Person, on: string): Promise<void> {
  await desk.signed({ what: 'sent', on }, '記録する');
  await desk.reads('市が送付済');
}

test('r5_c7 a round of reminders is listed by the city’s word, told when it was sent, and what came of it counted', async ({ city, browser }) => {
  let desk = await sits(browser, city, BEGIN);
  await desk.open('/preparation');
  await desk.follow('受取勧奨');
  await desk.stands('reminders-none');
  await desk.follow('名簿を作る');
  const { kept, cards } = await listed(desk);
  const list = desk.path;
  await desk.stands('reminder-listed');
  const paper = words(await desk.file(`/lists/reminders/${list.split('/').at(-1)}/cards.pdf`));
  for (const card of cards) expect(paper).toContain(card);
  expect(paper, 'who was taken off').not.toContain(kept);
  // A caller hears nothing of it before the city sent it.
  await desk.f2(cards[0]!);
  await desk.reads('第1回 名簿作成済（市の送付前）');
  await expect(desk.page.locator('.say')).not.toContainText('受取のお知らせ');
  await desk.leave();

  desk = await sits(browser, city, '2026-11-26T10:00:00+09:00');
  await desk.open(list);
  await sent(desk, '2026-11-25');
  await desk.f2(cards[0]!);
  await desk.reads('市から受取のお知らせを令和8年11月25日(水)にお送りしました。');
  await desk.stands('reminded-card');
  await desk.follow('予約を取る');
  await desk.fill({ channel: 'telephone' });
  await desk.press(/空き/);
  await desk.open(list);
  const counts = desk.page.locator('main table').first();
  const head = await counts.locator('th').allInnerTexts();
  const row = await counts.locator('td').allInnerTexts();
  expect(Object.fromEntries(head.map((name, n) => [name, row[n]]))).toMatchObject({
    予約中: '1', 動きなし: String(cards.length - 1), 計: String(cards.length),
  });
  await desk.picture('preparation-reminder', 800);
  await desk.stands('reminder-sent');
  await desk.open('/reminders');
  await desk.reads('第1回');
  await desk.stands('reminders');
  await desk.leave();
});

test('r5_c7 a card past its last day is kept for longer, or destroyed by the city’s word', async ({ city, browser }) => {
  let desk = await sits(browser, city, BEGIN);
  const { cards } = await listed(desk);
  await sent(desk, '2026-11-24');
  await desk.leave();

  // Twelve months after the posting; three after the reminder were over long before. One is in hospital.
  desk = await sits(browser, city, '2027-11-02T10:00:00+09:00');
  await desk.open('/storage');
  await desk.follow('保管期限を開く');
  await desk.reads(`1か月以内に期限 ${cards.length}枚`);
  await desk.stands('deadlines-soon');
  await desk.follow(cards[0]!);
  await desk.fill({ reason: 'hospital', until: '2028-03-31' });
  await desk.picture('preparation-extension');
  await desk.press('延長を記録する');
  await desk.reads('令和10年3月31日(金)まで');
  await desk.stands('extended');
  await desk.leave();

  // All of them are past their day. The city says which two are destroyed.
  desk = await sits(browser, city, '2027-12-02T10:00:00+09:00');
  await desk.open('/deadlines');
  await desk.reads(`${cards.length - 1}枚`);
  await desk.reads('保管を延長中 1枚');
  const [one, other] = [cards[1]!, cards[2]!];
  for (const card of [one, other]) await desk.page.locator('main tr', { hasText: card }).getByRole('checkbox').check();
  await desk.picture('preparation-deadlines', 836);
  await desk.stands('deadlines-past');
  await desk.signed({ counted: '3' }, '廃棄の指示を記録する');
  await desk.reads('印を付けたのは2枚、市の指示は3枚です');
  await desk.stands('deadlines-order');
  await desk.signed({ counted: '2' }, '廃棄の指示を記録する');
  await desk.reads('2枚の廃棄の指示を記録しました。');
  await desk.stands('disposals-ordered');
  const paper = words(await desk.file('/lists/deadlines/deadlines.pdf'));
  expect(paper).toContain(cards[3]!);
  expect(paper, 'what is on its way to be destroyed').not.toContain(one);

  // Out of the box, and to the city, counted by both.
  await desk.open('/storage');
  await desk.follow('予約のカードを引き抜く');
  await desk.reads('交付中止のカード（2枚）');
  for (const card of [one, other]) await desk.scan(card.replaceAll(' ', ''), '交付中止のカードです');
  await desk.stands('disposal-pulled');
  await desk.open('/disposals');
  await desk.picture('preparation-disposal', 540);
  await desk.follow('市へ渡す（2枚）');
  await desk.fill({ counted: '2' });
  await desk.stands('disposal-pass');
  await desk.signed({}, '市へ渡した');
  await desk.reads('市の廃棄を待つ');
  await desk.leave();

  // The city destroyed one; its day and name end the card, and the other one waits.
  desk = await sits(browser, city, '2027-12-06T10:00:00+09:00');
  await desk.open('/disposals');
  await desk.follow('市の廃棄を記録（2枚）');
  await desk.page.getByRole('checkbox', { name: other }).uncheck();
  await desk.stands('disposal-record');
  await desk.signed({ on: '2027-12-06' }, '廃棄を記録する');
  await desk.reads('廃棄の途中のカード（1枚）');
  await desk.stands('disposals-done');
  await desk.f2(one);
  await desk.reads('令和9年12月6日(月)（市川 一郎）');
  await desk.stands('disposed-card');
  await desk.leave();
});
