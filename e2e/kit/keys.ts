// A terminal of the staff that is worked by keyboard and scanner alone. Every step says what must have the focus, so
// that a screen which loses it, or lies too many keys away, fails the story; a press of a mouse fails it too.
import type { Browser, Page } from '@playwright/test';
import type { City } from './server.ts';
import { expect, passed, watch, WIDTHS } from './story.ts';

/** How many times Tab may be pressed before what is wanted has the focus. */
const MOST_TABS = 14;

/** What has the focus: its words as they are read out, and which element it is. */
interface Focused {
  tag: string;
  id: string;
  type: string;
  words: string;
}

type Words = string | RegExp;

export class Terminal {
  private constructor(
    readonly page: Page,
    private readonly city: City,
    private readonly end: () => void,
  ) {}

  /** Somebody sits down and signs in. */
  static async of(browser: Browser, city: City, role: string): Promise<Terminal> {
    const context = await browser.newContext({ viewport: WIDTHS.desk, locale: 'ja-JP', timezoneId: 'Asia/Tokyo' });
    await context.addInitScript(() => {
      const refuse = () => console.error('a mouse was used');
      addEventListener('pointerdown', refuse, true);
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const terminal = new Terminal(page, city, watch(page, city));
    const person = city.person(role);
    await page.goto(`${city.staff}/sign-in`);
    await terminal.sees('サインイン');
    await terminal.holds('ログイン名');
    await page.keyboard.type(person.login);
    await terminal.write('パスワード', person.password);
    await terminal.enter();
    return terminal;
  }

  /** Gets up: what was wrong with a page meanwhile is said now. */
  async leave(): Promise<void> {
    await this.page.context().close();
    this.end();
  }

  /** Opens an address as one does that is kept among the bookmarks. */
  async open(path: string): Promise<void> {
    await this.page.goto(`${this.city.staff}${path}`);
    await passed(this.page);
  }

  /** A task of the column on the left, by its key: Alt and its number. */
  async task(number: number, heading: string): Promise<void> {
    await this.chord(String(number), `Digit${number}`);
    await this.sees(heading);
  }

  /** Alt and a key that a page offers. */
  async chord(key: string, code: string): Promise<void> {
    // Playwright sends no character with Alt, and pages know their keys by the character.
    const keys = await this.page.context().newCDPSession(this.page);
    const pressed = { key, code, windowsVirtualKeyCode: key.toUpperCase().charCodeAt(0), modifiers: 1 };
    await this.goes(async () => {
      await keys.send('Input.dispatchKeyEvent', { type: 'keyDown', ...pressed, text: key, unmodifiedText: key });
      await keys.send('Input.dispatchKeyEvent', { type: 'keyUp', ...pressed });
    });
    await keys.detach();
  }

  /** The heading says where one is. */
  async sees(heading: Words): Promise<void> {
    await expect(this.page.getByRole('heading', { level: 1 })).toContainText(heading);
  }

  async reads(words: Words): Promise<void> {
    await expect(this.page.locator('main')).toContainText(words);
  }

  /** What has the focus now is called so. */
  async holds(words: Words): Promise<void> {
    await expect.poll(async () => (await this.focused()).words, { message: 'what has the focus' }).toMatch(like(words));
  }

  /** Tab, until this has the focus. */
  async to(words: Words, most = MOST_TABS, key = 'Tab'): Promise<void> {
    const passedBy: string[] = [];
    for (let tabs = 0; tabs <= most; tabs += 1) {
      const { words: here } = await this.focused();
      if (like(words).test(here)) return;
      passedBy.push(here.replaceAll(/\s+/g, ' ').slice(0, 40));
      await this.page.keyboard.press(key);
    }
    const path = new URL(this.page.url()).pathname;
    throw new Error(`${words} on ${path} is more than ${most} tabs away: ${passedBy.join(' → ')}`);
  }

  /** The same, backwards. */
  async back(words: Words): Promise<void> {
    await this.to(words, MOST_TABS, 'Shift+Tab');
  }

  /** Types into the field of this label; what stood in it is replaced. */
  async write(label: Words, text: string): Promise<void> {
    await this.to(label);
    await this.page.keyboard.type(text);
  }

  /** Types a day into a date field: its digits, as they come. */
  async date(label: Words, day: string): Promise<void> {
    await this.to(label);
    await this.page.keyboard.type(day.replaceAll('-', ''));
    const value = () => this.page.evaluate(() => (document.activeElement as HTMLInputElement).value);
    expect(await value(), `the day in ${label}`).toBe(day);
    // Out of the parts of the date.
    await this.page.keyboard.press('Tab');
  }

  /** Goes into a group of choices with Tab and to one of them with the arrow. */
  async pick(group: string, choice: string, key = 'Tab'): Promise<void> {
    for (let tabs = 0; ; tabs += 1) {
      const at = await this.page.evaluate(() => document.activeElement?.closest('fieldset')?.querySelector('legend')?.innerText ?? '');
      const { type } = await this.focused();
      if (at.includes(group) && type === 'radio') break;
      if (tabs > MOST_TABS) throw new Error(`no choice of ${group} within ${MOST_TABS} tabs`);
      await this.page.keyboard.press(key);
    }
    if ((await this.focused()).words.includes(choice)) await this.page.keyboard.press('Space');
    for (let steps = 0; !(await this.focused()).words.includes(choice); steps += 1) {
      if (steps > 12) throw new Error(`${group} has no ${choice}`);
      await this.page.keyboard.press('ArrowDown');
    }
    expect(await this.page.evaluate(() => (document.activeElement as HTMLInputElement).checked)).toBe(true);
  }

  /** Chooses from a list that opens. */
  async select(label: string, choice: string): Promise<void> {
    await this.to(label);
    const chosen = () =>
      this.page.evaluate(() => (document.activeElement as HTMLSelectElement).selectedOptions[0]?.text ?? '');
    for (let steps = 0; !(await chosen()).includes(choice); steps += 1) {
      if (steps > 30) throw new Error(`${label} has no ${choice}`);
      await this.page.keyboard.press('ArrowDown');
    }
  }

  /** Chooses a file in the window that Enter opens. */
  async attach(label: Words, file: { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
    await this.to(label);
    const chooser = this.page.waitForEvent('filechooser');
    // The browser must have heard that we wait before it opens its own window.
    await this.page.evaluate(() => new Promise((heard) => setTimeout(heard, 200)));
    await this.page.keyboard.press('Enter');
    await (await chooser).setFiles(file);
  }

  /** Ticks a box. */
  async tick(label: Words): Promise<void> {
    await this.to(label);
    await this.page.keyboard.press('Space');
    expect(await this.page.evaluate(() => (document.activeElement as HTMLInputElement).checked)).toBe(true);
  }

  /** Ticks every box of the group that has the focus. */
  async tickAll(): Promise<void> {
    for (let boxes = 0; (await this.focused()).type === 'checkbox'; boxes += 1) {
      if (boxes > 20) throw new Error('the boxes do not end');
      await this.page.keyboard.press('Space');
      await this.page.keyboard.press('Tab');
    }
  }

  /** Enter on what has the focus; a page follows. */
  async enter(): Promise<void> {
    await this.goes(() => this.page.keyboard.press('Enter'));
  }

  /** Tab to a button or link, and Enter. */
  async press(words: Words, most = MOST_TABS): Promise<void> {
    await this.to(words, most);
    expect(['a', 'button']).toContain((await this.focused()).tag);
    await this.enter();
  }

  /** Tab to the link of a file, and the file. */
  async file(words: Words, most = MOST_TABS): Promise<Buffer> {
    await this.to(words, most);
    const address = await this.page.evaluate(() => (document.activeElement as HTMLAnchorElement).href);
    const answer = await this.page.request.get(address);
    expect(answer.status(), address).toBe(200);
    return answer.body();
  }

  /** The first Tab of a page is the way past its head. */
  async past(): Promise<void> {
    await this.page.keyboard.press('Tab');
    await this.holds('本文へ進む');
    await this.page.keyboard.press('Enter');
  }

  /** A scan on a screen that waits for one: its field has the focus already. */
  async scan(code: string): Promise<void> {
    await expect(this.page.locator('main [data-scan-here]'), 'the field of the scan').toBeFocused();
    await this.sends(code);
  }

  /** A scan from anywhere, after F2. */
  async f2(code: string): Promise<void> {
    await this.page.keyboard.press('F2');
    await expect(this.page.locator('#scan')).toBeFocused();
    await this.sends(code);
  }

  /** A scan from anywhere, without a key before it: wherever the focus is, but for a field in which one writes. */
  async scanAnywhere(code: string): Promise<void> {
    await this.sends(code);
  }

  private async sends(code: string): Promise<void> {
    // A scanner is a keyboard that ends with Enter.
    await this.goes(async () => {
      await this.page.keyboard.type(code);
      await this.page.keyboard.press('Enter');
    });
  }

  /** A scanner whose keys go through a Japanese input method: what it sends is composed, and its Enter ends that. */
  async scanThroughInputMethod(code: string): Promise<void> {
    const keys = await this.page.context().newCDPSession(this.page);
    await this.goes(async () => {
      for (let length = 1; length <= code.length; length += 1) {
        await keys.send('Input.imeSetComposition', { text: code.slice(0, length), selectionStart: length, selectionEnd: length });
      }
      const enter = { key: 'Process', code: 'Enter', windowsVirtualKeyCode: 229 };
      await keys.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...enter });
      await keys.send('Input.insertText', { text: code });
      await keys.send('Input.dispatchKeyEvent', { type: 'keyUp', ...enter });
    });
    await keys.detach();
  }

  /** Does something that opens a page, waits for the page, and checks it. */
  private async goes(act: () => Promise<void>): Promise<void> {
    await this.page.evaluate(() => document.documentElement.setAttribute('data-left-behind', ''));
    await act();
    await this.page.waitForFunction(
      () => document.readyState === 'complete' && !document.documentElement.hasAttribute('data-left-behind'),
    );
    await passed(this.page);
  }

  async focused(): Promise<Focused> {
    return this.page.evaluate(() => {
      const here = document.activeElement as HTMLInputElement | null;
      // A page, or a part of it that was jumped to, is nothing to press.
      if (!here?.matches('a, button, input, select, textarea, summary')) return { tag: '', id: '', type: '', words: '' };
      const labels = [...(here.labels ?? [])].map((label) => (label as HTMLElement).innerText).join(' ');
      const words = here.getAttribute('aria-label') ?? (labels || here.innerText);
      return { tag: here.tagName.toLowerCase(), id: here.id, type: here.type ?? '', words: words ?? '' };
    });
  }
}

function like(words: Words): RegExp {
  return words instanceof RegExp ? words : new RegExp(words.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}
