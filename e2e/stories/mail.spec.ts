// Contact by mail on a telephone, in each language: an address after the booking, the link in the mail and its button, a
// change of the time, and the end of it. axe looks at every page and at every mail.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from '@playwright/test';
import { link, mails, type Mail } from '../kit/mails.ts';
import type { City } from '../kit/server.ts';
import { checkPage, expect, shot, test, WIDTHS } from '../kit/story.ts';

const LANGUAGES = ['ja', 'en', 'ja-x-easy'] as const;

/** The one form whose address ends so. */
async function sends(page: Page, action: string): Promise<void> {
  await page.locator(`form[action$="${action}"] button[type=submit]`).click();
  await page.waitForLoadState();
  await checkPage(page);
}

async function follows(page: Page, ending: string): Promise<void> {
  await page.locator(`main a[href$="${ending}"]`).first().click();
  await page.waitForLoadState();
  await checkPage(page);
}

/** Books a renewal, which needs no key, up to the page with the number. */
async function books(page: Page, city: City): Promise<void> {
  await page.goto(`${city.citizens}/renewal`);
  for (const [name, value] of [['kind', 'certificate'], ['here', 'yes'], ['who', 'principal'], ['pins', 'known']]) {
    await page.locator(`[name=${name}][value=${value}]`).check();
  }
  await page.locator('form[action="/renewal"] button[type=submit]').click();
  await page.locator('a.day').first().click();
  await page.locator('button.time').first().click();
  await page.locator('form[action$="/book"] button[type=submit]').click();
  await expect(page.locator('.done-number')).toBeVisible();
  await checkPage(page);
}

/** A mail as it looks in light and in dark, on telephones and at a desk. */
async function looks(browser: Browser, mail: Mail, name: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    for (const width of [320, 360, 1280]) {
      const context = await browser.newContext({ viewport: { width, height: 700 }, colorScheme: scheme });
      const page = await context.newPage();
      await page.setContent(mail.html);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
      expect(found, `${name} ${scheme} ${width}`).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide, `${name} ${width}`).toBeLessThanOrEqual(width);
      await shot(page, `mail-${name}-${scheme}`);
      await context.close();
    }
  }
}

for (const language of LANGUAGES) {
  test.describe(`in ${language}`, () => {
    test.use({ viewport: WIDTHS.phone, locale: 'ja' });

    test('r4_c_an address is given, confirmed by its button, told of a change, and taken away', async ({ browser, page, city }) => {
      await city.setClock('2026-11-09T10:00:00+09:00');
      await page.goto(`${city.citizens}/language/${language}?back=/renewal`);
      await books(page, city);
      await follows(page, '/mail');
      await shot(page, `mail-give-${language}`);
      // Nothing typed is lost, and what is wrong is said at the field.
      await page.locator('#address').fill('hanako');
      await sends(page, '/mail');
      await expect(page.locator('#address')).toHaveValue('hanako');
      await expect(page.locator('#address')).toHaveAttribute('aria-invalid', 'true');
      await shot(page, `mail-refused-${language}`);
      await page.locator('#address').fill('hanako@example.jp');
      await sends(page, '/mail');
      await expect(page.locator('main')).toContainText('h…@example.jp');
      await shot(page, `mail-asked-${language}`);
      const own = page.url();

      const [asked] = await mails(city, 1);
      await looks(browser, asked!, `asked-${language}`);
      expect(asked!.headers).toMatch(/List-Unsubscribe: <http\S+\/m\/\w+>\r\n/);
      // Opening the link does nothing, as often as it is opened.
      await page.goto(link(asked!));
      await checkPage(page);
      await page.reload();
      await mails(city, 1);
      await shot(page, `mail-owner-${language}`);
      await sends(page, '/confirm');
      const [, booked] = await mails(city, 2);
      await looks(browser, booked!, `booked-${language}`);

      // Another time: the mail says it.
      await page.goto(own);
      await follows(page, '/days');
      await page.locator('a.day').nth(1).click();
      await page.locator('button.time').nth(3).click();
      await sends(page, '/change');
      const changed = (await mails(city, 3))[2]!;
      expect(changed.html).not.toEqual(booked!.html);
      expect(changed.text).toMatch(/\d{4}-\d{5}-\d{5}/);

      // Its owner stops it, with the link of any mail.
      await page.goto(link(changed));
      await shot(page, `mail-confirmed-${language}`);
      await sends(page, '/remove');
      await shot(page, `mail-gone-${language}`);
      await page.goto(own);
      await follows(page, '/cancel');
      await sends(page, '/cancel');
      // Who stopped the mails gets none.
      await mails(city, 3);
    });
  });
}
