// Somebody at a terminal who uses mouse and keyboard as they come, for stories that are about cards and not about keys.
import type { Browser, Page } from '@playwright/test';
import { CITY } from './preparation.ts';
import type { City } from './server.ts';
import { expect, passed, passedOnBoth, picture, watch, WIDTHS } from './story.ts';

export class Person {
  private constructor(
    readonly page: Page,
    private readonly city: City,
    private readonly end: () => void,
  ) {}

  /** Sits down and signs in. */
  static async of(browser: Browser, city: City, role: string): Promise<Person> {
    const context = await browser.newContext({ viewport: WIDTHS.desk, locale: 'ja-JP', timezoneId: 'Asia/Tokyo' });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const person = new Person(page, city, watch(page, city));
    const { login, password } = city.person(role);
    await page.goto(`${city.staff}/sign-in`);
    await page.locator('[name=login]').fill(login);
    await page.locator('[name=password]').fill(password);
    await person.press('サインイン');
    return person;
  }

  /** Gets up: what was wrong with a page meanwhile is said now. */
  async leave(): Promise<void> {
    await this.page.context().close();
    this.end();
  }

  /** Where one is, without the words of the filter. */
  get path(): string {
    return new URL(this.page.url()).pathname;
  }

  async open(path: string): Promise<this> {
    await this.page.goto(`${this.city.staff}${path}`);
    await passed(this.page);
    return this;
  }

  /** Presses the button with these words. */
  async press(words: string | RegExp): Promise<void> {
    await this.page.getByRole('button', { name: words }).first().click();
    await this.page.waitForLoadState();
    await passed(this.page);
  }

  async follow(words: string | RegExp): Promise<void> {
    await this.page.locator('main').getByRole('link', { name: words }).first().click();
    await this.page.waitForLoadState();
    await passed(this.page);
  }

  /** Fills fields by their names: text, choices, lists and ticks alike. */
  async fill(fields: Record<string, string>): Promise<void> {
    for (const [name, value] of Object.entries(fields)) {
      const field = this.page.locator(`main [name="${name}"]`);
      const kind = await field.first().evaluate((one) => (one as HTMLInputElement).type);
      if (kind === 'radio' || kind === 'checkbox') await this.page.locator(`main [name="${name}"][value="${value}"]`).check();
      else if (kind === 'select-one') await field.selectOption(value);
      else await field.first().fill(value);
    }
  }

  /** The city's person signs a paper; the button. */
  async signed(fields: Record<string, string>, button: string | RegExp): Promise<void> {
    await this.fill({ ...fields, person: CITY });
    const paper = this.page.locator('main [name=paper]');
    if ((await paper.count()) > 0) await paper.check();
    await this.press(button);
  }

  async reads(words: string | RegExp): Promise<void> {
    await expect(this.page.locator('main')).toContainText(words);
  }

  /** A scan into the box above every page. */
  async f2(code: string): Promise<void> {
    await this.page.locator('[name=scan]').fill(code);
    await this.page.keyboard.press('Enter');
    await this.page.waitForLoadState();
  }

  /** One scan on the page that is open, and what it says. */
  async scan(code: string, words: string | RegExp): Promise<void> {
    await this.page.locator('#code').fill(code);
    await this.page.keyboard.press('Enter');
    await expect(this.page.locator('.scanned, [data-count-state], [role=status]:visible, [role=alert]:visible').first()).toContainText(words);
  }

  /**
   * Many scans as the form of the page sends them, by a script of the story in the same page: the hundredth goes no other
   * way than the first, and nobody waits for its picture. Each must be answered with one of these words.
   */
  async scans(path: string, forms: Record<string, string>[], words: string[]): Promise<void> {
    const wrong = await this.page.evaluate(
      async ({ path, forms, words }) => {
        for (const form of forms) {
          const answer = await fetch(path, { method: 'POST', body: new URLSearchParams(form) });
          const text = await answer.text();
          if (!answer.ok || !words.some((word) => text.includes(word))) return `${answer.status} ${JSON.stringify(form)} ${text}`;
        }
        return null;
      },
      { path, forms, words },
    );
    expect(wrong, `scans at ${path}`).toBeNull();
  }

  /** A file that the page hands out. */
  async file(path: string): Promise<Buffer> {
    const answer = await this.page.request.get(`${this.city.staff}${path}`);
    expect(answer.status(), path).toBe(200);
    return answer.body();
  }

  async picture(name: string, height?: number): Promise<void> {
    await picture(this.page, name, height);
  }

  /** The page that is open stands at both widths. */
  async stands(name: string): Promise<void> {
    await passedOnBoth(this.page, name);
  }
}
