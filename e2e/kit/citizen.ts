// What citizens do on their telephones.
import type { Page } from '@playwright/test';
import { appointment } from './calendar.ts';
import type { City } from './server.ts';
import { expect, passed, picture } from './story.ts';

/** Who comes for a card, as the page asks it. */
export type Visitor = 'principal' | 'with_representative' | 'representative' | 'proxy';

/** The one button of a page that goes on. */
async function goesOn(page: Page, words: string): Promise<void> {
  await page.getByRole('button', { name: words }).click();
  await passed(page);
}

/** Somebody alone or a family: the first comes in by the QR code of the letter, the others by their keys. */
export async function books(page: Page, addresses: string[], day: string, time: RegExp, who: Visitor[]): Promise<string> {
  const [first, ...others] = addresses;
  await page.goto(first!);
  await expect(page.locator('#number')).not.toHaveValue('');
  await passed(page);
  await goesOn(page, '次へ進む');
  if (others.length > 0) {
    await page.getByRole('link', { name: 'ご家族の分も一緒に予約する' }).click();
    await passed(page);
    for (const address of others) {
      await page.locator('#number').fill(address.split('#')[1]!);
      await goesOn(page, 'この方を追加する');
    }
    await page.getByRole('link', { name: `${addresses.length}人の日にちを選ぶ` }).click();
    await passed(page);
  }
  await page.locator(`main a[href$="/days/${day}"]`).first().click();
  await passed(page);
  await page.getByRole('button', { name: time }).click();
  await passed(page);
  for (const [n, answer] of who.entries()) {
    await page.locator(`input[name="${n === 0 ? 'who' : `who-${n + 1}`}"][value="${answer}"]`).check();
  }
  await goesOn(page, '次へ進む');
  await goesOn(page, 'この内容で予約する');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('予約が終わりました');
  if (others.length > 0) await picture(page, 'citizen-done');
  const number = (await page.locator('.done-number').innerText()).trim();
  const { start, minutes, location } = await appointment(page, number);
  const [hour, minute] = time.source.match(/\d+/g)!;
  expect(start).toEqual(new Date(`${day}T${hour!.padStart(2, '0')}:${minute}:00+09:00`));
  expect(minutes).toBe(30);
  expect(location).toContain('泉町1丁目3番40号');
  return number;
}

/** Opens one's reservation by its number. */
async function mine(page: Page, city: City, number: string): Promise<void> {
  await page.goto(`${city.citizens}/reservation`);
  await page.locator('#number').fill(number);
  await goesOn(page, '予約を見る');
}

/** Moves a reservation to another time of a day. */
export async function moves(page: Page, city: City, number: string, day: string, time: RegExp): Promise<void> {
  await mine(page, city, number);
  await page.getByRole('link', { name: '日時を変える' }).click();
  await passed(page);
  await page.locator(`main a[href$="/days/${day}"]`).first().click();
  await passed(page);
  await page.getByRole('button', { name: time }).click();
  await passed(page);
  await goesOn(page, 'この日時に変える');
  await expect(page.locator('main')).toContainText('予約番号は変わりません');
}

export async function cancels(page: Page, city: City, number: string): Promise<void> {
  await mine(page, city, number);
  await page.getByRole('link', { name: '予約を取り消す' }).click();
  await passed(page);
  await goesOn(page, '予約を取り消す');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('予約を取り消しました');
}

/** Every language of the pages, as the first page offers them. */
export async function languages(page: Page, city: City): Promise<string[]> {
  await page.goto(`${city.citizens}/`);
  return page.locator('nav.languages a').evaluateAll((links) => links.map((link) => link.getAttribute('hreflang')!));
}

/** Chooses a language, and comes back to a page. */
export async function chooses(page: Page, city: City, language: string, back = '/'): Promise<void> {
  await page.goto(`${city.citizens}/language/${language}?back=${back}`);
  await expect(page.locator('html')).toHaveAttribute('lang', language);
}
