// Every page of the staff that a link leads to, in a city that has been at work: axe finds nothing, nothing is cut on a
// telephone, and no link leads nowhere. What there is is found by following links, so that a new page is looked at too.
import { Terminal } from '../kit/keys.ts';
import { checkPage, expect, test, WIDTHS } from '../kit/story.ts';

/** A Tuesday afternoon: visitors were served, others are expected. */
test.use({ filled: '2026-11-24T13:50:00+09:00' });

/** Answers that are no pages. */
const FILES = /\.(pdf|xlsx|csv)(\?|$)|\/export\//;
/** More pages of different look than there are. */
const MOST = 400;

/** What addresses of the same page have in common: no ids, days and numbers, and of what is asked only the names. */
function look(path: string): string {
  const url = new URL(path, 'http://x');
  const asked = [...new Set(url.searchParams.keys())].sort().join('&');
  const place = url.pathname.replaceAll(/[0-9A-Z]{26}|\d{4}-\d\d(-\d\d)?/g, '#').replaceAll(/\/(ledger|layouts)\/\w+/g, '/$1/#');
  return `${place}?${asked}`;
}

test('r4_c_every page of the staff stands, at a desk and on a telephone', async ({ city, browser }) => {
  test.setTimeout(900_000);
  const seen = new Set<string>();
  // Whom the most pages are for; then who has others.
  for (const role of ['person_in_charge', 'city_administrator']) {
    const terminal = await Terminal.of(browser, city, role);
    const { page } = terminal;
    // The first page is another one for each; what was seen is not looked at again.
    const first = new URL(page.url()).pathname;
    const queue = [first];
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      if (seen.has(look(path)) && path !== first) continue;
      seen.add(look(path));
      const answer = await page.goto(city.staff + path);
      expect(answer!.status(), path).toBeLessThan(400);
      const links = await page.locator('a[href]').evaluateAll((all) => (all as HTMLAnchorElement[]).map((link) => link.href));
      for (const url of links.map((href) => new URL(href)).filter((url) => url.origin === new URL(city.staff).origin)) {
        if (!FILES.test(url.href) && !seen.has(look(url.pathname + url.search))) queue.push(url.pathname + url.search);
      }
      await checkPage(page);
      await page.setViewportSize(WIDTHS.phone);
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      expect(content, `width of ${path} on a telephone`).toBeLessThanOrEqual(window!);
      await page.setViewportSize(WIDTHS.desk);
      expect(seen.size, 'pages').toBeLessThan(MOST);
    }
    await terminal.leave();
  }
  expect(seen.size, [...seen].sort().join('\n')).toBeGreaterThan(80);
});
