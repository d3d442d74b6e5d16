// What goes by post: the supplies that letters use up, and a card that the city mailed and the post brought back. In a city
// that has been at work, so that there is something left, and something to mail.
import type { Browser } from '@playwright/test';
import { CITY } from '../kit/preparation.ts';
import { Person } from '../kit/person.ts';
import type { City } from '../kit/server.ts';
import { expect, test } from '../kit/story.ts';

const BEGIN = '2026-11-24T13:50:00+09:00';
const TRACKING = '123-45-67890-3';
test.use({ filled: BEGIN });

async function sits(browser: Browser, city: City, at: string): Promise<Person> {
  await city.setClock(at);
  return Person.of(browser, city, 'operator');
}

test('r5_c4 supplies are counted and delivered, and what runs out stands on the board until it came', async ({ city, browser }) => {
  const desk = await sits(browser, city, BEGIN);
  await desk.open('/preparation');
  await desk.follow('用品の在庫');
  await desk.stands('supplies');
  await desk.follow('送付用封筒');
  const stock = Number((await desk.page.locator('.tally').innerText()).match(/^\d+/)![0]);
  // A count that is not what the records say is taken only with its reason.
  const left = 90;
  expect(stock, 'envelopes at the beginning').toBeGreaterThan(left);
  await desk.fill({ counted: String(left) });
  await desk.press('数えた数を記録する');
  await desk.reads(`記録では${stock}枚、数えたのは${left}枚で、差は-${stock - left}枚です`);
  await desk.fill({ remark: '水にぬれた封筒を処分した' });
  await desk.picture('preparation-supply-count', 900);
  await desk.stands('supply-differs');
  await desk.press('数えた数を記録する');
  await desk.reads(`${left}枚`);
  // So few do not last until an order comes.
  await desk.reads('発注の期限');
  await desk.stands('supply-short');
  await desk.open('/supplies');
  await desk.reads('発注が必要です：送付用封筒');
  await desk.picture('preparation-supplies', 780);
  await desk.stands('supplies-short');
  await desk.open('/');
  await desk.reads('送付用封筒の発注');
  await desk.stands('board-short');
  await desk.follow(/在庫を見る.*送付用封筒/s);
  await desk.fill({ pieces: '2000', note: '架空印刷' });
  await desk.press('納品を記録する');
  await desk.reads(`${left + 2000}枚`);
  await desk.open('/');
  await expect(desk.page.locator('main')).not.toContainText('送付用封筒の発注');
  await desk.leave();
});

test('r5_c3 a mailed card that the post brought back is handed over at the counter', async ({ city, browser }) => {
  let desk = await sits(browser, city, BEGIN);
  await desk.open('/batches/new/at_application');
  const counted = (await desk.page.locator('.tally').innerText()).match(/^\d+/)![0];
  const [card, back] = await desk.page.locator('main tbody a[href^="/cards/"]').allInnerTexts();
  await desk.stands('mail-send');
  await desk.signed({ counted }, '市へ引き継ぐ');
  await desk.signed({ posted_on: '2026-11-24' }, '発送を記録する');
  await desk.reads('市の発送：令和8年11月24日(火)');
  // The number as the city tells it; misread first.
  await desk.f2(card!);
  await desk.follow('追跡番号を記録');
  await desk.fill({ number: TRACKING });
  await desk.picture('preparation-tracking', 560);
  await desk.signed({ number: '123-45-67890-1' }, '追跡番号を記録する');
  await desk.reads('最後の数字が合いません。');
  await desk.stands('tracking-wrong');
  await desk.signed({ number: TRACKING }, '追跡番号を記録する');
  await desk.reads(TRACKING);
  await desk.leave();

  // The post brings two back; one citizen comes, whose card the scan of the number finds.
  desk = await sits(browser, city, '2026-12-04T10:00:00+09:00');
  for (const each of [card!, back!]) {
    await desk.f2(each);
    await desk.signed({ on: '2026-12-03' }, '戻ったことを記録する');
  }
  await desk.f2(TRACKING);
  await desk.reads('窓口には、本人確認書類をお持ちください。');
  await desk.stands('came-back');
  await desk.follow('窓口での受け取り');
  await desk.fill({ visitor: 'principal', filled: 'yes', copies: '2', person: CITY });
  await desk.picture('reception-pickup', 680);
  await desk.stands('pickup-begin');
  await desk.fill({ copies: '' });
  await desk.press('書類を市へ引き継いだ');
  await desk.reads('写しの枚数を1以上の数字で');
  await desk.stands('pickup-copies');
  await desk.fill({ copies: '2' });
  await desk.press('書類を市へ引き継いだ');
  await desk.reads('本人確認書類の写し2枚を市へ引き継ぎました。');
  const page = desk.path;
  await desk.stands('pickup-waits');
  await desk.open('/counter');
  await desk.reads('返戻カードの受け取り（1人）');
  await desk.stands('pickup-counter');
  await desk.open(page);
  await desk.fill({ person: CITY, same: 'yes' });
  await desk.press('カードを受け取った');
  await desk.reads('カードを手渡す');
  await desk.fill({ signed_for: 'yes' });
  await desk.picture('reception-pickup-hand', 540);
  await desk.stands('pickup-hand');
  await desk.press('カードを手渡した');
  await desk.reads('カードを手渡した');
  await desk.stands('pickup-done');
  await desk.f2(card!);
  await desk.reads('このカードはお渡しずみです。');
  await desk.reads('申請書に受け取りの自署あり');

  // The other citizen's papers do not suffice: the city keeps the card, and it can be mailed again.
  await desk.f2(back!);
  await desk.follow('窓口での受け取り');
  await desk.fill({ visitor: 'proxy', filled: 'yes', copies: '1', person: CITY });
  await desk.press('書類を市へ引き継いだ');
  await desk.page.locator('main summary').click();
  await desk.fill({ why: 'papers' });
  await desk.stands('pickup-end');
  await desk.press('渡さずに終える');
  await desk.reads('書類が足りない・合わない');
  await desk.f2(back!);
  await desk.reads('市が再び発送した');
  await desk.leave();
});
