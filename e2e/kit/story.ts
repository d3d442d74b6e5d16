// What every story starts from: a city, a check of every page passed, pictures to look at.
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';
import { City, type Database } from './server.ts';

/** The two widths that every page must stand. */
export const WIDTHS = { phone: { width: 360, height: 740 }, desk: { width: 1280, height: 900 } } as const;

/** Windows opened with `test.use({ javaScriptEnabled: false })`. */
const withoutScripts = new WeakSet<Page>();

export const test = base.extend<{ database: Database; filled: string | undefined; city: City }>({
  /** Changed with `test.use({ database: 'postgres' })`. */
  database: ['sqlite', { option: true }],
  /** Until when the city has been at work; an empty one without. */
  filled: [undefined, { option: true }],
  city: async ({ database, filled }, use, info) => {
    const city = await City.open(database, filled);
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
    const end = watch(page, city);
    await use(page);
    end();
  },
});

export { expect };

/** Listens to what a page asks for and complains of; what is answered says it at the end. */
export function watch(page: Page, city: City): () => void {
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
  return () => {
    expect(strangers, 'no third party is contacted').toEqual([]);
    expect(faults, 'no script fails and nothing is blocked by the page’s own policy').toEqual([]);
  };
}

/** Pages that were checked in this run, by what they look like. */
const checked = new Set<string>();

/** Checks a page that a story comes through, once for each look of it: its address without numbers and its headings. */
export async function passed(page: Page): Promise<void> {
  const words = await page.locator('h1, h2, legend, [role=alert], [role=status]').allInnerTexts();
  const path = new URL(page.url()).pathname.replaceAll(/[0-9A-Z]{26}|[0-9-]{8,}/g, '#');
  const look = [page.viewportSize()?.width, path, ...words.map((each) => each.replaceAll(/\d/g, ''))].join('\n');
  if (checked.has(look)) return;
  checked.add(look);
  await checkPage(page);
}

/** The same at a telephone's width as at a desk's; somebody who looks at the pages gets a picture of both. */
export async function passedOnBoth(page: Page, name: string): Promise<void> {
  for (const [width, viewport] of Object.entries(WIDTHS).reverse()) {
    await page.setViewportSize(viewport);
    await passed(page);
    const folder = process.env.MADOGUCHI_LOOK;
    if (folder) await page.screenshot({ path: `${folder}/${name}.${width}.png`, fullPage: true, animations: 'disabled' });
  }
  await page.setViewportSize(WIDTHS.desk);
}

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
  // No page of ours has a frame of another origin; without a window of its own for those, axe takes half the time.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
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

/** The pictures of the manuals that were taken in this run. */
const taken = new Set<string>();

/**
 * Puts a picture of the top of a page, or of what has the focus, into `e2e/shots/manual`, the first time; the manuals
 * show it by this name.
 */
export async function picture(page: Page, name: string, height = 720, top = true): Promise<void> {
  if (taken.has(name)) return;
  taken.add(name);
  const width = page.viewportSize()?.width ?? WIDTHS.desk.width;
  const clip = { x: 0, y: 0, width, height };
  await page.evaluate((top) => (top ? scrollTo(0, 0) : document.activeElement?.scrollIntoView({ block: 'center' })), top);
  await page.screenshot({ path: `shots/manual/${name}.png`, animations: 'disabled', clip });
}

/** Puts a picture of the whole page into `e2e/shots`. */
export async function shot(page: Page, name: string): Promise<void> {
  const width = page.viewportSize()?.width ?? 0;
  await page.screenshot({ path: `shots/${name}-${width}.png`, fullPage: true, animations: 'disabled' });
}
