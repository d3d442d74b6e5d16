// Both services, walked on a telephone by a story for each kind of visitor in each language. One city carries them all;
// what each page says is checked over HTTP (`visitors.rs`) and each page with axe in `everywhere.spec.ts`; here it is that
// hands get through.
import type { Page } from '@playwright/test';
import { chooses, languages } from '../kit/citizen.ts';
import { prepared } from '../kit/preparation.ts';
import { expect, test } from '../kit/story.ts';

const MORNING = '2026-11-09T10:00:00+09:00';
const WEDNESDAY = '2026-11-11';
const FIELDS = ['', '-2', '-3'];

test.use({ viewport: { width: 320, height: 640 }, locale: 'ja' });

/** Who comes, whether the PINs are known, and whether a proxy has the sealed answer. */
type Coming = [who: string, pins: 'known' | 'forgotten', answer?: boolean];

/** What a page is for, told by its address, because its words are another's in each language. */
async function stands(page: Page, language: string, path: RegExp): Promise<void> {
  await expect(page).toHaveURL(path);
  await expect(page.locator('html')).toHaveAttribute('lang', language);
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  expect(content, page.url()).toBeLessThanOrEqual(window!);
}

async function goesOn(page: Page): Promise<void> {
  await page.locator('main form button[type=submit]').first().click();
}

/** From the days to the page after the time; places that are gone are passed over. */
async function takes(page: Page, language: string): Promise<void> {
  await stands(page, language, /\/days$/);
  await page.locator(`main a.day[href$="/days/${WEDNESDAY}"]`).click();
  await stands(page, language, /\/days\/[-\d]+$/);
  await page.locator('button.time').first().click();
}

/** From the page that asks whether all is right to the number. */
async function books(page: Page, language: string): Promise<string> {
  await stands(page, language, /\/check/);
  await expect(page.locator('.belongings').first()).toBeVisible();
  await page.locator('main form[action$="/book"] button').click();
  await stands(page, language, /\/done$/);
  return (await page.locator('.done-number').innerText()).trim();
}

/** Finds a booking by its number and cancels it. */
async function cancels(page: Page, citizens: string, language: string, number: string): Promise<void> {
  await page.goto(`${citizens}/reservation`);
  await page.locator('#number').fill(number);
  await goesOn(page);
  await stands(page, language, /\/reservation$/);
  await page.locator('main a[href$="/cancel"]').click();
  await stands(page, language, /\/cancel$/);
  await goesOn(page);
  await stands(page, language, /\/cancelled$/);
}

async function answers(page: Page, citizens: string, people: Coming[], kind = 'certificate', here = 'yes'): Promise<void> {
  await page.goto(`${citizens}/renewal${people.length > 1 ? `/people/${people.length}` : ''}`);
  await page.locator(`[name=kind][value=${kind}]`).check();
  await page.locator(`[name=here][value=${here}]`).check();
  for (const [at, [who, pins, answer]] of people.entries()) {
    await page.locator(`[name=who${FIELDS[at]}][value=${who}]`).check();
    await page.locator(`[name=pins${FIELDS[at]}][value=${pins}]`).check();
    if (answer) await page.locator(`[name=answer${FIELDS[at]}]`).check();
  }
  await goesOn(page);
}

test('r4_d_every kind of visitor books a card in every language', async ({ page, city, browser }) => {
  test.setTimeout(300_000);
  const cards = await prepared(browser, city, 3);
  await city.setClock(MORNING);
  for (const [at, language] of (await languages(page, city)).entries()) {
    const own = cards[at % cards.length]!;
    await chooses(page, city, language);
    for (const who of ['principal', 'with_representative', 'representative', 'proxy']) {
      await page.goto(own.address);
      await expect(page.locator('#number')).not.toHaveValue('');
      await stands(page, language, /\/k/);
      await goesOn(page);
      await takes(page, language);
      await stands(page, language, /\/who$/);
      await page.locator(`[name=who][value=${who}]`).check();
      await goesOn(page);
      await cancels(page, city.citizens, language, await books(page, language));
    }
    // A family of three kinds in one booking.
    await page.goto(cards[0]!.address);
    await goesOn(page);
    await page.locator('main a[href$="/family"]').click();
    for (const card of cards.slice(1)) {
      await stands(page, language, /\/family$/);
      await page.locator('#number').fill(card.key);
      await page.locator('main form[action$="/family"] button').click();
    }
    await stands(page, language, /\/family$/);
    await page.locator('main a[href$="/days"]').last().click();
    await takes(page, language);
    for (const [n, who] of ['principal', 'with_representative', 'proxy'].entries()) {
      await page.locator(`[name=who${FIELDS[n]}][value=${who}]`).check();
    }
    await goesOn(page);
    await cancels(page, city.citizens, language, await books(page, language));
  }
});

test('r7_c_every kind of visitor books a renewal in every language, and who would come in vain is told', async ({ page, city }) => {
  test.setTimeout(300_000);
  await city.setClock(MORNING);
  const alone: Coming[] = [
    ['principal', 'known'],
    ['principal', 'forgotten'],
    ['with_representative', 'known'],
    ['representative', 'forgotten'],
    ['proxy', 'known', true],
  ];
  for (const language of await languages(page, city)) {
    await chooses(page, city, language);
    for (const people of [...alone.map((one) => [one]), [alone[0]!, alone[2]!, alone[4]!]]) {
      await answers(page, city.citizens, people);
      await takes(page, language);
      await books(page, language);
    }
    const proxy: Coming = ['proxy', 'known'];
    await answers(page, city.citizens, [proxy]);
    await stands(page, language, /\/renewal\/two-visits$/);
    await answers(page, city.citizens, [alone[0]!, ['proxy', 'forgotten', true]]);
    await stands(page, language, /\/renewal\/two-visits$/);
    await answers(page, city.citizens, [alone[0]!], 'card');
    await stands(page, language, /\/application$/);
    await answers(page, city.citizens, [alone[0]!], 'certificate', 'no');
    await stands(page, language, /\/renewal\/elsewhere$/);
    await page.goto(`${city.citizens}/renewal`);
    await page.locator('main a[href="/renewal/branches"]').click();
    await stands(page, language, /\/renewal\/branches$/);
  }
});
