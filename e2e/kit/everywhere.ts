// Every public page in each language: which pages there are is read from the program's own routes, so that a page that
// is added is looked at or the story fails.
import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { chooses, languages } from './citizen.ts';
import { attacksForms, forms, type Form } from './schemathesis.ts';
import type { City } from './server.ts';
import { checkPage, expect } from './story.ts';

const SOURCES = new URL('../../crates/web/src/', import.meta.url);

/** Narrow telephones, wide ones, tablets, desks. Four times as large on a desk is 320 px too. */
const WIDTHS = [1280, 768, 360, 320];
/** What a sheet of A4 with margins of 15 mm holds, in CSS px. */
const PAPER = 680;

/** Answers that are no pages, pages that only lead on, and the page of mail, which the ledger opens (`mail.spec.ts`). */
const NO_PAGES = new Set([
  'MAIL',
  'LANGUAGE', 'CHECK', 'CHECK_WHEN', 'CALENDAR', 'DOCUMENT', 'DAYS_OF_SITE', 'DAY_OF_SITE', 'COUNTERS', 'open/DAYS', 'open/DAY',
]);

/** The patterns of the addresses that GET answers with a page, and of those that take a form. */
function patterns(): { pages: string[]; forms: string[] } {
  const read = (path: string) => readFileSync(new URL(path, SOURCES), 'utf8');
  const [pages, forms]: [string[], string[]] = [[], []];
  for (const [room, routes, router] of [['', 'citizen/route.rs', 'citizen/router.rs'], ['open/', 'open/route.rs', 'open/mod.rs']] as const) {
    const named = new Map([...read(routes).matchAll(/pub const (\w+): &str = "([^"]+)"/g)].map(([, name, path]) => [name!, path!]));
    for (const [, name, methods] of read(router).matchAll(/\.route\(route::(\w+), (.+)\)$/gm)) {
      const path = named.get(name!);
      expect(path, `the address of ${name}`).toBeDefined();
      if (methods!.startsWith('get(') && !NO_PAGES.has(name!) && !NO_PAGES.has(room + name)) pages.push(path!);
      if (/\bpost\(/.test(methods!)) forms.push(path!);
    }
  }
  expect(pages.length).toBeGreaterThan(25);
  expect(forms.length).toBeGreaterThan(15);
  return { pages, forms };
}

function matches(pattern: string, path: string): boolean {
  return new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);
}

/** The pages that were looked at, by pattern. */
export class Everywhere {
  private readonly patterns = patterns();
  private readonly wanted = this.patterns.pages;
  private readonly forms: Form[] = [];
  private readonly seen = new Set<string>();

  constructor(
    private readonly page: Page,
    private readonly city: City,
  ) {}

  /** Which patterns were not reached yet. */
  get left(): string[] {
    return this.wanted.filter((pattern) => !this.seen.has(pattern));
  }

  /** The addresses without parts that change: nothing needs to have happened. */
  async fixed(): Promise<void> {
    await this.look(this.wanted.filter((pattern) => !pattern.includes('{')));
  }

  /** What the page that is open leads to by links, and itself, where such a page was not looked at before. */
  async fromHere(...more: string[]): Promise<void> {
    const links = await this.page.locator('main a[href^="/"]').evaluateAll((all) => all.map((link) => link.getAttribute('href')!));
    const here = new URL(this.page.url()).pathname;
    const fresh = new Map<string, string>();
    for (const path of [here, ...more, ...links.map((link) => link.split(/[?#]/)[0]!)]) {
      const pattern = this.left.find((each) => matches(each, path));
      if (pattern && !fresh.has(pattern)) fresh.set(pattern, path);
    }
    await this.look([...fresh.values()]);
    await this.page.goto(this.city.citizens + here);
  }

  /**
   * Sends every form what no form would send: those that stood on the pages, as they stood there, and those that stand
   * there only at other times (in a rush, by mail).
   */
  async attack(): Promise<void> {
    const stood = new Map(this.forms.map((form) => [`${form.method} ${form.path}`, form]));
    const others = this.patterns.forms.filter((pattern) => !this.forms.some(({ method, path }) => method === 'post' && matches(pattern, path)));
    expect(stood.size, 'forms on pages').toBeGreaterThan(others.length);
    await attacksForms(this.city, [...stood.values(), ...others.map((path): Form => ({ path, method: 'post', fields: {}, cookies: {} }))]);
  }

  /** Looks at addresses in every language. */
  private async look(paths: string[]): Promise<void> {
    const all = await languages(this.page, this.city);
    // Japanese last: it is the language in which the story goes on.
    for (const language of [...all.slice(1), all[0]!]) {
      await chooses(this.page, this.city, language);
      for (const path of paths) {
        await this.page.goto(this.city.citizens + path);
        await expect(this.page.locator('html'), path).toHaveAttribute('lang', path.startsWith('/embed/') ? /./ : language);
        if (language === all[0]) this.forms.push(...(await forms(this.page)));
        await stands(this.page, language === all[0], `${path.replaceAll(/[0-9A-Z]{26}/g, '').replaceAll('/', '-')}.${language}`);
      }
    }
    for (const path of paths) {
      const pattern = this.wanted.find((each) => matches(each, path));
      if (pattern) this.seen.add(pattern);
    }
  }
}

/**
 * One page at every width, with large letters, in the dark, with forced colours and on paper. axe looks at it in the
 * light, and once in the dark, where only the colours are others.
 */
async function stands(page: Page, inTheDark: boolean, name: string): Promise<void> {
  const height = 800;
  const wide = async (what: string) => {
    const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    expect(content, `width of ${name} ${what}`).toBeLessThanOrEqual(window!);
  };
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height });
    await wide(`at ${width} px`);
    await shot(page, `${name}-${width}`);
  }
  await checkPage(page);
  await page.setViewportSize({ width: 768, height });
  await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
  await wide('with letters twice as large');
  expect(await cut(page), `cut with letters twice as large: ${name}`).toEqual([]);
  await page.evaluate(() => { document.documentElement.style.fontSize = ''; });
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = inTheDark ? await new AxeBuilder({ page }).withRules(['color-contrast', 'link-in-text-block']).analyze() : { violations: [] };
  expect(dark.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join('\n')}`), `${name} in the dark`).toEqual([]);
  await shot(page, `${name}-dark`);
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' });
  await wide('with forced colours');
  await shot(page, `${name}-forced`);
  await page.emulateMedia({ forcedColors: 'none', media: 'print' });
  await page.setViewportSize({ width: PAPER, height: 960 });
  await wide('on paper');
  const left = await page.locator('button, nav.languages, .skip').evaluateAll((all) =>
    all.filter((each) => (each as HTMLElement).checkVisibility()).map((each) => each.outerHTML.slice(0, 120)));
  // The times of a day are buttons, and stay readable on paper.
  const times = page.locator('button.time');
  if ((await times.count()) > 0) await expect(times.first(), `times of ${name} on paper`).toBeVisible();
  expect(left.filter((html) => !html.includes('class="time"')), `what is pressed is not printed: ${name}`).toEqual([]);
  await shot(page, `${name}-paper`);
  await page.emulateMedia({ media: 'screen' });
}

/** What is hidden because it does not fit. */
async function cut(page: Page): Promise<string[]> {
  return page.locator('main *, header *').evaluateAll((all) => all
    .filter((each) => getComputedStyle(each).overflowX === 'hidden' && each.clientWidth > 1 && each.scrollWidth > each.clientWidth + 1)
    .map((each) => each.outerHTML.slice(0, 120)));
}

/** Pictures for people who look at them; the story itself needs none. */
async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env.MADOGUCHI_LOOK;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true, animations: 'disabled' });
}
