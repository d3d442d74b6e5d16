// Booking without a mouse: what needs a pointer keeps people out.
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../kit/story.ts';

/** More keys than any page needs. */
const MOST_TABS = 60;

/** Tab until something has the focus, which must show it. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await expect(wanted).toBeVisible();
  for (let tabs = 0; tabs < MOST_TABS; tabs++) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((element) => element === document.activeElement)) {
      const shown = await wanted.evaluate((element) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
        return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
      });
      expect(shown, 'the focus is seen').toBe(true);
      return;
    }
  }
  throw new Error(`no way by Tab to ${wanted}`);
}

async function enters(page: Page, wanted: Locator): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press('Enter');
  await page.waitForLoadState();
}

test.describe('by keyboard alone', () => {
  test.use({ viewport: { width: 1280, height: 900 }, locale: 'ja' });

  test('r7_c_a renewal is booked with Tab, Space and Enter', async ({ page, city }) => {
    await city.setClock('2026-11-09T10:00:00+09:00');
    await page.goto(`${city.citizens}/`);
    await enters(page, page.getByRole('link', { name: /電子証明書の更新を予約する/ }));
    for (const [name, value] of [['kind', 'certificate'], ['here', 'yes'], ['who', 'principal'], ['pins', 'known']]) {
      const group = page.locator(`[name=${name}]`);
      // A group is one stop; arrows choose within it.
      await tabTo(page, group.first());
      const steps = await group.evaluateAll((all, value) => all.findIndex((each) => (each as HTMLInputElement).value === value), value);
      await page.keyboard.press('Space');
      for (let step = 0; step < steps; step++) await page.keyboard.press('ArrowDown');
      await expect(page.locator(`[name=${name}][value=${value}]`)).toBeChecked();
    }
    await enters(page, page.getByRole('button', { name: '確認して日にちを選ぶ' }));
    await enters(page, page.locator('a.day').first());
    await enters(page, page.locator('button.time').first());
    await enters(page, page.getByRole('button', { name: 'この内容で予約する' }));
    await expect(page.getByRole('heading', { level: 1 })).toContainText('予約が終わりました');
  });
});
