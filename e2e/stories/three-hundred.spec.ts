// A consignment of 300 cards with every kind of trouble, in Chromium, from the city's transfer to the custody report, which
// is compared with what was done, card by card. The same story runs over HTTP on both databases (crates/web/tests).
import type { Browser } from '@playwright/test';
import { CITY } from '../kit/preparation.ts';
import { codes } from '../kit/paper.ts';
import { books } from '../kit/citizen.ts';
import { Person } from '../kit/person.ts';
import type { City } from '../kit/server.ts';
import { expect, test, WIDTHS } from '../kit/story.ts';

const CARDS = 300;
const DAY = '2026-11-12';
const MISMATCH = [11, 12];
const HOLDS = [31];
const SHORT = [41];
const NOT_IN_BOX = 250;
const first = 281;
/** Booked for the day: on the web, and by telephone. */
const WEB = [101, 102];
const TELEPHONE = [103, 104, 105, 106];
const [WITHDRAWN, RECALLED, LOST, SENT_AWAY] = [150, 103, 104, 105];
/** Not in the box where the records have it. */
const GONE = 70;

const ALL = Array.from({ length: CARDS }, (_, n) => n + 1);
const CAME = ALL.filter((line) => line !== NOT_IN_BOX);
const MAILED = ALL.filter((line) => line >= first);
const STORED = CAME.filter((line) => line < first && line !== MISMATCH[0] && !HOLDS.includes(line));

/** What the story knows of each card, told where it is done: its state, and everywhere it was. */
class Told {
  private readonly state = new Map<number, string>();
  private readonly way = new Map<number, string[]>();

  is(lines: number[], state: string): void {
    for (const line of lines) this.state.set(line, state);
  }

  goes(lines: number[], ...places: string[]): void {
    for (const line of lines) this.way.set(line, [...(this.way.get(line) ?? []), ...places]);
  }

  at(line: number): string {
    return this.way.get(line)!.at(-1)!;
  }

  /** The rows of the report, whose columns are named by its head. */
  agrees(csv: string): void {
    const [head, ...rows] = csv.replace('\uFEFF', '').trim().split('\r\n').map((row) => row.split(',').map((cell) => cell.replaceAll('"', '')));
    const cell = (row: string[], name: string) => row[head!.indexOf(name)]!;
    const shown = rows.map((row) => [cell(row, '一覧番号'), cell(row, '状態'), cell(row, '場所'), cell(row, '通った場所')]);
    const known = ALL.map((line) => [String(line), this.state.get(line)!, this.at(line), this.way.get(line)!.join(' → ')]);
    expect(shown).toEqual(known);
  }
}

function list(): Buffer {
  const method = (line: number) => (line >= first ? '申請時来庁方式' : '交付時来庁方式');
  const expiry = (line: number) => (SHORT.includes(line) ? '2026-12-20' : '2036-10-30');
  const row = (line: number) => `${line},ABC-${String(line).padStart(6, '0')},${method(line)},${line % 3 === 0 ? '5640041' : '5650851'},${expiry(line)}`;
  return Buffer.from(['一覧番号,交付通知書番号,申請方式,郵便番号,カード有効期限', ...ALL.map(row)].join('\r\n') + '\r\n');
}

class Story {
  readonly told = new Told();
  readonly control = new Map<number, string>();
  readonly card = new Map<number, string>();
  consignment = '';
  boxes: { name: string; label: string }[] = [];

  /** Who sits at the terminal. */
  constructor(public desk: Person) {}

  scans(lines: number[], more: Record<string, string> = {}): Record<string, string>[] {
    return lines.map((line) => ({ code: this.control.get(line)!, recent: '', ...more }));
  }

  controls(lines: number[]): string[] {
    return lines.map((line) => this.control.get(line)!);
  }

  half(line: number): number {
    return line <= 150 ? 0 : 1;
  }
}

/** The city's transfer, the list, the labels, three passes, and what is wrong with the box. */
async function arrives(story: Story): Promise<void> {
  const { desk, told } = story;
  await desk.open('/consignments/new');
  await desk.fill({ received_on: '2026-11-02', list_date: '2026-10-30', box: '1' });
  await desk.page.locator('[name=file]').setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: list() });
  await desk.press('内容を確認する');
  await desk.press('取り込む');
  story.consignment = desk.path;
  // Both counted 300: one of the list is not there, and one is there that is on no list.
  await desk.open(`${story.consignment}/arrival`);
  await desk.picture('preparation-arrival');
  await desk.signed({ counted: String(CARDS), boxes: '1' }, '受け取りを記録する');
  for (let after = 0; after < CARDS; after += 100) {
    await desk.open(`${story.consignment}?after=${after}`);
    const links = desk.page.locator('main table a[href^="/cards/"]');
    for (const [words, href] of await links.evaluateAll((all) => all.map((a) => [a.textContent!, a.getAttribute('href')!]))) {
      const line = story.control.size + 1;
      story.control.set(line, words!.replaceAll(/\D/g, ''));
      story.card.set(line, href!);
    }
  }
  expect(story.control.size).toBe(CARDS);
  told.is(ALL, '一覧表取込済');
  told.goes(ALL, '検品机');
  const labels = await desk.file(`${story.consignment}/labels.pdf`);
  expect(story.controls(ALL)).toEqual(expect.arrayContaining(codes(labels, 1)));
  // By hand: a label is paired, a wrong notice is refused, and so are the back of a card and a code of nobody.
  const print = `${story.consignment}/inspect/print`;
  await desk.open(print);
  for (const [code, words] of [['123456789018', '個人番号です'], ['999999', '読み取れません']] as const) await desk.scan(code, words);
  await desk.page.locator('#code').fill(story.control.get(1)!);
  await desk.page.keyboard.press('Enter');
  await desk.page.locator('#check').fill('0002');
  await desk.page.keyboard.press('Enter');
  await desk.reads('一致しません');
  await desk.page.locator('#check').fill('0001');
  await desk.page.keyboard.press('Enter');
  await desk.reads('良好');
  for (const line of CAME.slice(1)) {
    const finding = MISMATCH.includes(line) ? 'mismatch' : 'good';
    const pair = `${story.consignment}/pair/${story.card.get(line)!.split('/').at(-1)}`;
    const check = String(line).padStart(4, '0');
    await desk.scans(pair, [{ check, pass: 'print', finding, recent: '' }], ['良好', '不一致・不良：別に置いてください']);
  }
  const holds = (line: number) => ({ finding: HOLDS.includes(line) ? 'already_holds' : 'good' });
  const register = CAME.flatMap((line) => story.scans([line], holds(line)));
  await desk.scans(`${story.consignment}/inspect/register`, register, ['良好', '別に置いてください']);
  await desk.scans(`${story.consignment}/inspect/notice`, story.scans(CAME, { finding: 'good' }), ['検品済', '良好']);
  told.is(CAME.filter((line) => !MISMATCH.includes(line) && !HOLDS.includes(line)), '検品済');
  // The difference: one is not there, one is of another city; each with its reason and two names.
  await desk.open(`${story.consignment}/close`);
  await desk.follow('箱にない：記録する');
  await desk.fill({ remark: '箱と前後の束を二人で確かめた', person: CITY, told: '8:50' });
  await desk.press('事故として記録する');
  told.goes([NOT_IN_BOX], '所在不明');
  await desk.open(`${story.consignment}/close`);
  await desk.follow('一覧表にないカードがある：記録する');
  await desk.signed({ counted: '1', remark: 'ほかの市のカード' }, '余りを記録する');
  await desk.picture('preparation-close');
  await desk.signed({}, '受け入れを完了する');
  await desk.reads('受け入れ完了');
}

/** Each group to the city, and back, kept or mailed. */
async function sorted(story: Story): Promise<void> {
  const { desk, told } = story;
  const city = '市（市民課）';
  const sends = async (group: string, lines: number[]): Promise<string> => {
    await desk.open(`/batches/new/${group}`);
    await desk.signed({ counted: String(lines.length) }, '市へ引き継ぐ');
    told.goes(lines, city);
    return desk.path;
  };
  const some = async (batch: string, lines: number[], what: string): Promise<void> => {
    await desk.open(`${batch}/some`);
    for (const line of lines) await desk.page.locator(`[name=card][value="${story.card.get(line)!.split('/').at(-1)}"]`).check();
    await desk.signed({ what, counted: String(lines.length) }, '記録する');
  };
  await desk.open('/preparation');
  await desk.picture('preparation-groups');
  const mismatch = await sends('mismatch', MISMATCH);
  const holds = await sends('already_holds', HOLDS);
  const short = await sends('short_validity', SHORT);
  const mail = await sends('at_application', MAILED);
  await some(mismatch, MISMATCH.slice(0, 1), 'mismatch');
  told.is(MISMATCH.slice(0, 1), '交付せず終了：不一致・不良');
  await some(holds, HOLDS, 'already_holds');
  told.is(HOLDS, '交付せず終了：既にカードを所持');
  await some(mismatch, MISMATCH.slice(1), 'returned');
  await some(short, SHORT, 'returned');
  told.goes([...MISMATCH.slice(1), ...SHORT], '検品机');
  told.is([...MISMATCH.slice(1), ...SHORT], '検品済');
  await desk.open(mail);
  await desk.signed({ posted_on: '2026-11-02' }, '発送を記録する');
  told.goes(MAILED, '郵便');
  told.is(MAILED, '交付せず終了：市が郵送');
  // What is stored is set up by the city, and comes back counted.
  await desk.open(`${story.consignment}/send`);
  await desk.signed({ counted: String(STORED.length) }, '市へ引き継ぐ');
  await desk.signed({ counted: String(STORED.length) }, '返却を記録する');
  told.goes(STORED, city, '検品机');
  // The post brings one back.
  await desk.open(story.card.get(first)!);
  await desk.signed({ on: '2026-11-02' }, '戻ったことを記録する');
  told.goes([first], city);
}

/** Into two boxes, and the letters out. Answers the address on the letter of each line that books on the web. */
async function stored(story: Story): Promise<Map<number, string>> {
  const { desk, told } = story;
  await desk.open('/storage');
  const rows = desk.page.locator('main tbody tr:has(td.when)');
  for (const row of (await rows.all()).slice(0, 2)) {
    const name = (await row.locator('a').first().innerText()).trim();
    story.boxes.push({ name, label: (await row.locator('td.when').innerText()).replaceAll(/\D/g, '') });
  }
  for (const [n, box] of story.boxes.entries()) {
    const lines = STORED.filter((line) => story.half(line) === n);
    await desk.open('/storage/put');
    await desk.scan(box.label, '箱を選びました');
    const form = await desk.page.locator('form.scan-form').evaluate((one) =>
      Object.fromEntries([...new FormData(one as HTMLFormElement)].map(([name, value]) => [name, String(value)])),
    );
    await desk.scans('/storage/put', story.scans(lines).map((scan) => ({ ...form, ...scan })), ['入れました']);
    told.goes(lines, box.name);
  }
  const letters = new Map<number, string>();
  for (let left = [...STORED]; left.length > 0; left = left.slice(50)) {
    const part = left.slice(0, 50);
    await desk.open('/letters');
    await desk.press(`次の${part.length}通を作る`);
    const page = desk.path;
    if (WEB.some((line) => part.includes(line))) {
      const pdf = await desk.file(`${page}/letters.pdf`);
      for (const line of WEB) {
        const read = codes(pdf, 2 * part.indexOf(line) + 1);
        expect(read).toContain(story.control.get(line));
        letters.set(line, read.find((code) => code.startsWith('http'))!);
      }
    }
    // Each letter with its sleeve and its notice: those that were read by their codes, the others as the form sends them.
    for (const line of part) {
      const letter = letters.get(line);
      if (!letter) {
        const envelope = story.card.get(line)!.split('/').at(-1)!;
        await desk.scans(`${page}/stuffing`, [{ envelope, code: '', answer: 'same', recent: '' }], ['封入しました']);
        continue;
      }
      await desk.open(`${page}/stuffing`);
      const next = part[part.indexOf(line) + 1];
      if (next) {
        // The sleeve of the next one beside this letter: a wrong pair, and nothing is recorded.
        await desk.scan(story.control.get(next)!, '案内のQRコードを読み取ってください');
        await desk.scan(letter, '案内とカードが違います');
      }
      await desk.scan(letter, 'スリーブのラベルを読み取ってください');
      await desk.scan(story.control.get(line)!, '案内とカードは同じです');
      await desk.press('同じ：封入を記録する');
    }
    await desk.open('/letters/sorting');
    await desk.picture('preparation-sorting');
    await desk.open(page);
    await desk.signed({ counted: String(part.length) }, '市へ引き継ぐ');
    await desk.open(page);
    await desk.signed({ posted_on: '2026-11-02' }, '発送を記録する');
  }
  told.is(STORED, '交付通知書発送');
  return letters;
}

/** One withdraws by telephone, the city wants one back; both go to it. */
async function trouble(story: Story): Promise<void> {
  const { desk, told } = story;
  await desk.open(`${story.card.get(WITHDRAWN)!}/withdraw`);
  await desk.fill({ source: 'telephone' });
  await desk.press('取下げを記録する');
  await desk.open(`${story.card.get(RECALLED)!}/recall`);
  await desk.signed({ source: 'city', cause: 'recalled', booked: 'cancel', until: '2026-11-11' }, '交付の中止を記録する');
  told.is([WITHDRAWN], '交付せず終了：申請の取下げ');
  told.is([RECALLED], '交付せず終了：市の引抜き指示');
  for (const line of [WITHDRAWN, RECALLED]) {
    await desk.open(`/pull/${DAY}`);
    await desk.scan(story.control.get(line)!, '交付中止のカードです');
    await desk.open(story.card.get(line)!);
    await desk.signed({}, '市へ渡した');
    told.goes([line], '検品机', '市（市民課）');
  }
}

/** The report on its page and in its file says what was done. */
async function reported(story: Story): Promise<void> {
  const { desk, told } = story;
  await desk.open(`${story.consignment}/custody`);
  await desk.reads(`一覧表の${CARDS}枚すべての所在が分かっています。`);
  await desk.picture('custody');
  const id = story.consignment.split('/').at(-1);
  told.agrees((await desk.file(`/lists/custody/${id}/cards.csv?encoding=utf8`)).toString());
}

async function comes(browser: Browser, city: City, day: string, time: string): Promise<Person> {
  await city.setClock(`${day}T${time}:00+09:00`);
  return Person.of(browser, city, 'operator');
}

test('r5_c7 a consignment of 300 cards with every trouble is reported card by card', async ({ page, city, browser }) => {
  test.setTimeout(900_000);
  await page.setViewportSize(WIDTHS.phone);
  let desk = await comes(browser, city, '2026-11-02', '08:50');
  const story = new Story(desk);
  const sits = async (day: string, time: string): Promise<void> => {
    await desk.leave();
    desk = await comes(browser, city, day, time);
    story.desk = desk;
  };
  await arrives(story);
  await reported(story);
  await sorted(story);
  const letters = await stored(story);
  await reported(story);

  // Two book by the code on their letter, four by telephone.
  await sits('2026-11-09', '10:00');
  for (const [n, line] of WEB.entries()) await books(page, [letters.get(line)!], DAY, [/^9時00分/, /^9時10分/][n]!, ['principal']);
  for (const line of TELEPHONE) {
    await desk.open(`${story.card.get(line)!}`);
    await desk.follow('予約を取る');
    await desk.open(`${desk.path}?day=${DAY}`);
    await desk.fill({ channel: 'telephone' });
    await desk.press(/空き/);
  }
  story.told.is([...WEB, ...TELEPHONE], '予約完了');
  await trouble(story);
  await reported(story);

  // The pull does not find one; the city is told.
  await sits('2026-11-11', '13:30');
  const pulled = [...WEB, ...TELEPHONE].filter((line) => ![RECALLED, LOST].includes(line));
  await desk.open(`/pull/${DAY}`);
  for (const line of pulled) await desk.scan(story.control.get(line)!, '引き抜きました');
  story.told.goes(pulled, '当日トレイ');
  await desk.open(`${story.card.get(LOST)!}/incident`);
  await desk.fill({ what: 'missing', remark: '箱と棚を二人で二回探した', person: CITY, told: '13:30' });
  await desk.press('事故として記録する');
  story.told.goes([LOST], '所在不明');

  // The day: three are handed out, one is sent away; its card goes back.
  await sits(DAY, '09:00');
  for (const line of pulled) {
    await desk.f2(story.control.get(line)!);
    await desk.press('受け付ける');
    if (line === SENT_AWAY) {
      await desk.fill({ reason: 'identity_papers', remark: '次の来庁をご案内' });
      await desk.press('持ち帰りにする');
      story.told.goes([line], '窓口', '当日トレイ', story.boxes[0]!.name);
      story.told.is([line], '交付通知書発送');
      continue;
    }
    for (const item of await desk.page.locator('form.sheet input[type=checkbox]').all()) await item.check();
    for (const name of ['notice_card', 'old_card']) await desk.page.locator(`form.sheet [name=${name}]`).first().check();
    await desk.press('書類を確認した');
    await desk.fill({ person: CITY });
    await desk.press('書類とカードを市へ引き継いだ');
    await desk.signed({}, '交付済にする');
    await desk.reads('カード交付完了です');
    story.told.goes([line], '窓口', '市（市民課）', '市民');
    story.told.is([line], 'カード交付完了');
  }
  await desk.open('/storage/put');
  await desk.scan(story.boxes[0]!.label, '箱を選びました');
  await desk.scan(story.control.get(SENT_AWAY)!, '入れました');
  await reported(story);

  // The count finds the lost card in the other box, and misses another one.
  await sits('2026-11-13', '09:00');
  await desk.open('/stocktakings');
  await desk.press('棚卸を始める');
  const count = desk.path;
  await desk.leave();
  const found = story.boxes.map((box) => ALL.filter((line) => line !== GONE && story.told.at(line) === box.name));
  found[1]!.push(LOST);
  for (const role of ['operator', 'person_in_charge']) {
    desk = await Person.of(browser, city, role);
    for (const [n, box] of story.boxes.entries()) {
      await desk.open(count);
      await desk.scan(box.label, /枚|終わり/);
      if (!desk.path.includes('/boxes/')) continue;
      await desk.scans(desk.path, story.scans(found[n]!).map(({ code }) => ({ code: code! })), ['この箱のカード', '読み取りました']);
      await desk.open(desk.path);
      await desk.press('この箱を数え終えた');
    }
    await desk.leave();
  }
  desk = await Person.of(browser, city, 'operator');
  story.desk = desk;
  await desk.open('/storage/put');
  await desk.scan(story.boxes[1]!.label, '箱を選びました');
  await desk.scan(story.control.get(LOST)!, '入れました');
  story.told.goes([LOST], story.boxes[1]!.name);
  await desk.open(count);
  await desk.follow(story.boxes[1]!.name);
  await desk.fill({ reason: 'not_noted' });
  await desk.press(/理由を記録する/);
  await desk.open(count);
  await desk.follow(story.boxes[0]!.name);
  await desk.follow(/見つからない：事故として記録する/);
  await desk.fill({ remark: '箱と前後の箱を二人で二回探した', person: CITY, told: '9:00' });
  await desk.press('事故として記録する');
  story.told.goes([GONE], '所在不明');
  await reported(story);
  await desk.leave();
});
