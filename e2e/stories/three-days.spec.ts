import { books, cancels, moves } from '../kit/citizen.ts';
import { closes, corrects, goes, putsBack, receives, sendsAway, setsNotCome, walksIn } from '../kit/counter.ts';
import { cancelsByTelephone, freezes, pulls, reportsMissing, seesDifferences, telephones } from '../kit/desk.ts';
import { Terminal } from '../kit/keys.ts';
import { rows, words } from '../kit/paper.ts';
import { prepared, type Card } from '../kit/preparation.ts';
import { expect, picture, test, WIDTHS } from '../kit/story.ts';

/** The days of visits. */
const [WEDNESDAY, THURSDAY] = ['2026-11-11', '2026-11-12'];

/** What a scanner sends through a Japanese input method: every sign twice as wide. */
function wide(text: string): string {
  return text.replaceAll(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));
}

test.use({ viewport: WIDTHS.phone, locale: 'ja-JP' });

test('three days of a counter, with the hands on keyboard and scanner', async ({ page, city, browser }) => {
  test.setTimeout(900_000);
  const cards = await prepared(browser, city, 14);
  const [mother, child, grandfather, moved, walkIn, proxy, missing, left, absent, cancelled, added, thursday, stranger] =
    cards as [Card, Card, Card, Card, Card, Card, Card, Card, Card, Card, Card, Card, Card, Card];
  /** Somebody sits down at a terminal at a moment; who sat there before has gone. */
  const at = async (moment: string, role = 'operator') => {
    await city.setClock(`${moment}+09:00`);
    return Terminal.of(browser, city, role);
  };

  // Monday evening, at home: a family of three, and others alone.
  await city.setClock('2026-11-09T20:00:00+09:00');
  const family = [mother, child, grandfather].map((card) => card.address);
  const number = await books(page, family, WEDNESDAY, /^9時00分/, ['principal', 'with_representative', 'proxy']);
  const alone = async (card: Card, day: string, time: RegExp) => books(page, [card.address], day, time, ['principal']);
  const first = await alone(moved, WEDNESDAY, /^10時00分/);
  await moves(page, city, first, WEDNESDAY, /^10時30分/);
  await cancels(page, city, await alone(walkIn, WEDNESDAY, /^9時20分/));
  await alone(missing, WEDNESDAY, /^11時00分/);
  await alone(left, WEDNESDAY, /^13時00分/);
  await alone(absent, WEDNESDAY, /^13時10分/);
  await alone(thursday, THURSDAY, /^9時30分/);

  // Tuesday: the telephone, the list before noon, what changes after it, the pull in the afternoon.
  let desk = await at('2026-11-10T09:10:00');
  await telephones(desk, proxy, '9:', '任意代理人');
  await telephones(desk, cancelled, '9:');
  await desk.leave();
  desk = await at('2026-11-10T09:40:00');
  await freezes(desk, WEDNESDAY, 9);
  await telephones(desk, added, '9:');
  await cancelsByTelephone(desk, cancelled);
  await seesDifferences(desk, 2);
  await desk.leave();
  desk = await at('2026-11-10T13:40:00');
  const found = [mother, child, grandfather, moved, proxy, left, absent, added];
  await pulls(desk, found, [missing], stranger);
  await reportsMissing(desk, missing);
  await desk.leave();
  let charge = await at('2026-11-10T17:40:00', 'person_in_charge');
  await closes(charge, 0);
  await charge.leave();

  // Wednesday: ready at 8:50, visitors by scan, the list and the pull of Thursday, the close.
  desk = await at('2026-11-11T08:45:00');
  await desk.past();
  await desk.press('準備ができた');
  await desk.leave();
  desk = await at('2026-11-11T08:55:00');
  await desk.task(5, '窓口');
  await expect(desk.page.locator('#scan')).toBeFocused();
  await picture(desk.page, 'reception-counter');
  await desk.scanAnywhere(number.replaceAll(/\D/g, ''));
  await receives(desk, '本人');
  await desk.scanAnywhere(child.control);
  await receives(desk, '法定代理人');
  await desk.scanAnywhere(wide(grandfather.control));
  await receives(desk, '任意代理人');
  // The letter's code, an address, by a scanner whose keys go through the input method.
  await desk.scanThroughInputMethod(wide(moved.address));
  await receives(desk, '本人');
  await desk.leave();
  desk = await at('2026-11-11T09:20:00');
  await desk.f2(proxy.control);
  await receives(desk, '任意代理人');
  await desk.f2(added.control);
  await receives(desk, '本人');
  await desk.f2(missing.control);
  await sendsAway(desk, 'その他', '後日ご案内する');
  await desk.f2(left.control);
  await goes(desk);
  await walksIn(desk, walkIn);
  await desk.leave();
  desk = await at('2026-11-11T10:30:00');
  await freezes(desk, THURSDAY, 1);
  await pulls(desk, [thursday], [], undefined);
  await desk.leave();

  // Wednesday evening: who did not come is set so, two cards go back, the count is the city's.
  charge = await at('2026-11-11T17:40:00', 'person_in_charge');
  await setsNotCome(charge, 2);
  await putsBack(charge, [left, absent]);
  await closes(charge, 7);
  await charge.press('この日の報告を見る');
  await charge.reads('一致');
  await picture(charge.page, 'charge-report');
  const issued = charge.page.locator('tr', { has: charge.page.getByText('交付', { exact: true }) });
  await expect(issued.locator('td.count')).toHaveText('7');
  await charge.past();
  const [paper, sheet] = [words(await charge.file('印刷（PDF）')), rows(await charge.file('Excel'))];
  for (const [figure, count] of [['交付', '7'], ['不来庁', '1'], ['途中退出', '1'], ['カード（所在不明）', '1']] as const) {
    expect(sheet.find((row) => row.includes(figure)), figure).toContain(count);
    expect(paper, figure).toMatch(new RegExp(`${figure.replaceAll(/[（）]/g, '.')}\\s+${count}\\b`));
  }
  await charge.leave();

  // Thursday: the missing card is found, a visitor comes, Wednesday's result is put right, and the report says so.
  desk = await at('2026-11-12T08:40:00');
  await putsBack(desk, [missing]);
  await desk.task(1, '今日');
  await desk.past();
  await desk.press('準備ができた');
  await desk.leave();
  desk = await at('2026-11-12T09:35:00');
  await desk.f2(thursday.control);
  await receives(desk, '本人');
  await desk.leave();
  charge = await at('2026-11-12T17:40:00', 'person_in_charge');
  await corrects(charge, absent, '途中退出', '受付票が後から見つかった');
  await closes(charge, 1);
  await charge.press('この日の報告を見る');
  await charge.reads('不来庁 → 途中退出');
  await picture(charge.page, 'charge-report-corrected');
  await charge.leave();

  // What everybody did is asked in words, and taken away as a table.
  const auditor = await at('2026-11-12T18:00:00', 'auditor');
  await auditor.task(7, '設定');
  await auditor.past();
  await auditor.press('記録簿');
  await picture(auditor.page, 'charge-journal');
  await auditor.past();
  const journal = (await auditor.file('CSV（UTF-8）', 40)).toString('utf8');
  for (const deed of ['窓口を締めました', '結果を訂正しました', '事故を終わりにしました']) expect(journal).toContain(deed);
  await auditor.leave();
});
