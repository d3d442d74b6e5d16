// What every story starts from: a city, a check of every page passed, pictures to look at.
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';
import { City, type Database } from './server.ts';

/** The two widths that every page must stand. */
export const WIDTHS = { phone: { width: 360, height: 740 }, desk: { width: 1280, height: 900 } } as const;

/** Windows opened with `test.use({ javaScriptEnabled: false })`. */
const withoutScripts = new WeakSet<Page>();

export const test = base.extend<{ database: Database; city: City }>({
  /** Changed with `test.use({ database: 'postgres' })`. */
  database: ['sqlite', { option: true }],
  city: async ({ database }, use, info) => {
    const city = await City.open(database);
    try {
      await use(city);
    } finally {
      if (info.status !== info.expectedStatus) {
        await info.attach('log of the program', { body: city.log(), contentType: 'text/plain' });
      }
      await city.close();
    }
  },
  page: async ({ page, city, javaScriptEnabled }, use) => {
    if (javaScriptEnabled === false) withoutScripts.add(page);
    const strangers: string[] = [];
    const faults: string[] = [];
    const own = [city.citizens, city.staff].map((address) => new URL(address).origin);
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol.startsWith('http') && !own.includes(origin)) strangers.push(request.url());
    });
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => {
      // An answer that says no (404, 422) is a page like others; the stories look at its status.
      const refused = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !refused) faults.push(message.text());
    });
    await use(page);
    expect(strangers, 'no third party is contacted').toEqual([]);
    expect(faults, 'no script fails and nothing is blocked by the page’s own policy').toEqual([]);
  },
});

export { expect };

/** No violation at all, of any rule that axe has; and nothing to scroll sideways. */
export async function checkPage(page: Page): Promise<void> {
  const path = new URL(page.url()).pathname;
  expect(await violations(page), `axe on ${path}`).toEqual([]);
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(content, `width of ${path}`).toBeLessThanOrEqual(window);
}

async function violations(page: Page): Promise<string[]> {
  if (withoutScripts.has(page)) return violationsOfCopy(page);
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((node) => node.html).join('\n  ')}`,
  );
}

/** axe is a script itself: a page without scripts is checked as a copy, with its styles, in a window that has them. */
async function violationsOfCopy(page: Page): Promise<string[]> {
  const address = page.url();
  const body = await page.content();
  const context = await page.context().browser()!.newContext({ viewport: page.viewportSize(), javaScriptEnabled: true });
  try {
    const copy = await context.newPage();
    await copy.route('**/*', (route) => {
      if (route.request().resourceType() === 'script') return route.abort();
      if (route.request().url() === address) return route.fulfill({ body, contentType: 'text/html; charset=utf-8' });
      return route.continue();
    });
    await copy.goto(address);
    return await violations(copy);
  } finally {
    await context.close();
  }
}

/** Puts a picture of the whole page into `e2e/shots`. */
export async function shot(page: Page, name: string): Promise<void> {
  const width = page.viewportSize()?.width ?? 0;
  await page.screenshot({ path: `shots/${name}-${width}.png`, fullPage: true, animations: 'disabled' });
}
