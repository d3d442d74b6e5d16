import { checkPage, expect, shot, test, WIDTHS } from '../kit/story.ts';

for (const [name, viewport] of Object.entries(WIDTHS)) {
  test.describe(`on a ${name} of ${viewport.width} px`, () => {
    test.use({ viewport });

    test('the first page asks its one question', async ({ page, city }) => {
      const answer = await page.goto(`${city.citizens}/`);
      expect(answer?.status()).toBe(200);
      await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
      await expect(page.getByRole('heading', { level: 1 })).toContainText('どの通知が届きましたか');
      await checkPage(page);
      await shot(page, 'first-page');
    });
  });
}
