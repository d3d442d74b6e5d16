// The preparation desk, by keyboard and scanner: from the list of cards to the posted letters.
import { execFileSync } from 'node:child_process';
import type { Browser } from '@playwright/test';
import { Terminal } from './keys.ts';
import { codes } from './paper.ts';
import type { City } from './server.ts';
import { expect, picture } from './story.ts';

/** The city's person who counts, takes and signs. */
export const CITY = '市川 一郎';

/** A card whose letter was posted. */
export interface Card {
  /** The number of its sleeve. */
  control: string;
  /** What the QR code of its letter says. */
  address: string;
  /** The 14 digits of its letter. */
  key: string;
}

/** A list of cards as a city gets it; made by the program itself, with names that are plainly invented. */
function list(cards: number): Buffer {
  const words = ['sample', 'consignment', '--cards', String(cards), '--seed', '5', '--encoding', 'cp932'];
  return execFileSync(process.env.MADOGUCHI_BIN!, words);
}

/** The last four digits of each notice's number, as they are read from the paper, by line. */
function noticeEnds(cards: number): string[] {
  const lines = list(cards).toString('latin1').matchAll(/^\d+,[A-Z0-9]+-\d*(\d{4}),/gm);
  return [...lines].map((line) => line[1]!);
}

/** The city's person and the paper they signed, and the button. */
export async function signed(desk: Terminal, button: string): Promise<void> {
  await desk.write('氏名', CITY);
  await desk.tick('市の署名のある書面により記録する');
  await desk.press(button);
}

/** On 2 November: so many cards come, are inspected, set up by the city, stored in two boxes, and posted. */
export async function prepared(browser: Browser, city: City, cards: number): Promise<Card[]> {
  await city.setClock('2026-11-02T08:50:00+09:00');
  const desk = await Terminal.of(browser, city, 'operator');
  const controls = await taken(desk, cards);
  await inspected(desk, controls);
  await setUp(desk, cards);
  await putAway(desk, controls);
  const letters = await posted(desk, controls);
  await desk.leave();
  return letters;
}

/** The list comes in. */
async function taken(desk: Terminal, cards: number): Promise<string[]> {
  await desk.task(3, '準備');
  await desk.past();
  await desk.press('一覧表を取り込む');
  await desk.holds('受領日');
  await desk.date('受領日', '2026-11-02');
  await desk.date('カード発行一覧表の日付', '2026-10-30');
  await desk.write('箱の番号', '1');
  await desk.attach('カード発行一覧表（CSV・Excel）', { name: 'list.csv', mimeType: 'text/csv', buffer: list(cards) });
  await picture(desk.page, 'preparation-list');
  await desk.press('内容を確認する');
  await desk.sees('取り込む内容の確認');
  await desk.holds('取り込む');
  await desk.enter();
  await desk.reads(`${cards}枚`);
  // The city's transfer, counted by both.
  await desk.past();
  await desk.press('市からの受け取りを記録');
  await desk.holds('数えた枚数');
  await desk.page.keyboard.type(String(cards));
  await desk.write('箱の数', '1');
  await signed(desk, '受け取りを記録する');
  await desk.reads('市からの受け取り：1箱');
  const words = await desk.page.locator('main table a[href^="/cards/"]').allInnerTexts();
  expect(words).toHaveLength(cards);
  return words.map((word) => word.replaceAll(/\D/g, ''));
}

/** Three passes by scan; in the first, one card was scanned as bad by mistake, and the scan is taken back. */
async function inspected(desk: Terminal, controls: string[]): Promise<void> {
  await desk.past();
  await desk.press('数量・券面');
  const [first, ...others] = controls;
  // The result of the next card is chosen with the arrow, and the scanner finds its field from there.
  await desk.pick('次の1枚の結果', '不一致');
  await desk.scanAnywhere(first!);
  // The first scan of a new label: its line and its notice are confirmed.
  const ends = noticeEnds(controls.length);
  expect(ends).toHaveLength(controls.length);
  await desk.sees('ラベルの突き合わせ');
  await picture(desk.page, 'preparation-pairing');
  await desk.scan(ends[0]!);
  await desk.reads('不一致');
  await desk.back('最後の読み取りを取り消す');
  await desk.enter();
  await desk.scan(first!);
  for (const [n, control] of others.entries()) {
    await desk.scan(control);
    await desk.scan(ends[n + 1]!);
    if (n === 3) await picture(desk.page, 'preparation-inspection');
  }
  for (const pass of ['住民記録', '交付通知書']) {
    await desk.back(pass);
    await desk.enter();
    for (const control of controls) await desk.scan(control);
  }
  await desk.reads(`${controls.length}／${controls.length}`);
}

/** The city takes the cards for its settings, and gives them back. */
async function setUp(desk: Terminal, cards: number): Promise<void> {
  await desk.back('一覧表');
  await desk.enter();
  await desk.past();
  await desk.press(`市へ引継ぎ（${cards}枚）`);
  // A hand slips: what was typed stays, and the summary says what to do.
  await desk.holds('数えた枚数');
  await desk.page.keyboard.type(String(cards + 1));
  await signed(desk, '市へ引き継ぐ');
  await expect(desk.page.locator('[data-error-summary]')).toBeFocused();
  await desk.write('数えた枚数', String(cards));
  await picture(desk.page, 'preparation-transfer');
  await desk.press('市へ引き継ぐ');
  await desk.holds('数えた枚数');
  await desk.page.keyboard.type(String(cards));
  await signed(desk, '返却を記録する');
  await desk.reads('交付前設定済');
}

/** Into two boxes, half each. */
async function putAway(desk: Terminal, controls: string[]): Promise<void> {
  await desk.task(4, '保管');
  const cells = await desk.page.locator('main tbody td.when').allInnerTexts();
  const [one, two] = cells.map((cell) => cell.replaceAll(/\D/g, ''));
  await desk.past();
  await desk.press('カードを箱に入れる');
  const half = Math.ceil(controls.length / 2);
  for (const [label, part] of [[one!, controls.slice(0, half)], [two!, controls.slice(half)]] as const) {
    await desk.scan(label);
    for (const control of part) await desk.scan(control);
  }
  await picture(desk.page, 'preparation-box');
}

/** Letters are made, read back, transferred and posted. */
async function posted(desk: Terminal, controls: string[]): Promise<Card[]> {
  const cards = controls.length;
  await desk.task(3, '準備');
  await desk.past();
  await desk.press('交付のご案内');
  await desk.holds(`次の${cards}通を作る`);
  await desk.enter();
  const answer = await desk.page.request.get(`${desk.page.url()}/letters.pdf`);
  expect(answer.status()).toBe(200);
  const pdf = await answer.body();
  const read = controls.map((control, n) => {
    const found = codes(pdf, 2 * n + 1);
    expect(found).toContain(control);
    return { control, address: found.find((code) => code.startsWith('http'))! };
  });
  // Letter, sleeve, and Enter for the number of the notice.
  await desk.holds('封入の照合');
  await desk.enter();
  for (const [n, { control, address }] of read.entries()) {
    await desk.scan(address);
    await desk.scan(control);
    if (n === 1) await picture(desk.page, 'preparation-stuffing');
    await desk.enter();
  }
  await desk.reads('案内・交付通知書・カードの数が一致しました');
  await desk.back('交付のご案内');
  await desk.enter();
  await desk.holds('数えた通数');
  await desk.page.keyboard.type(String(cards));
  await signed(desk, '市へ引き継ぐ');
  await desk.holds('市が発送した日');
  await desk.date('市が発送した日', '2026-11-02');
  await picture(desk.page, 'preparation-letters');
  await signed(desk, '発送を記録する');
  await desk.reads('市の発送日');
  return read.map((card) => ({ ...card, key: card.address.split('#')[1]!.replaceAll(/\D/g, '') }));
}
