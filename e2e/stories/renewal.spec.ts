// A renewal at 320 px, first with scripts and by keyboard alone, then without any script; axe looks at every page passed.
import type { Page } from '@playwright/test';
import { appointment } from '../kit/calendar.ts';
import { checkPage, expect, shot, test } from '../kit/story.ts';

const NARROW = { width: 320, height: 640 };

/** From the first page to the number: six pages. Answers the number. */
async function books(page: Page, citizens: string, press: (name: string) => Promise<void>): Promise<string> {
  await page.goto(`${citizens}/`);
  await checkPage(page);
  await page.getByRole('link', { name: /電子証明書の更新を予約する/ }).click();
  await checkPage(page);
  await shot(page, 'renewal');
  await press('確認して日にちを選ぶ');
  await expect(page.getByRole('heading', { name: '入力内容に誤りがあります' })).toBeVisible();
  await checkPage(page);
  for (const [name, value] of [['kind', 'certificate'], ['here', 'yes'], ['who', 'principal'], ['pins', 'forgotten']]) {
    await page.locator(`[name=${name}][value=${value}]`).check();
  }
  await press('確認して日にちを選ぶ');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('日にちを選んでください');
  await checkPage(page);
  await page.locator('a.day').first().click();
  await checkPage(page);
  await page.locator('button.time').first().click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('予約の内容を確かめてください');
  await expect(page.getByText('本人確認書類（有効期限内の原本）1点')).toBeVisible();
  await checkPage(page);
  await shot(page, 'renewal-check');
  for (const [name, value] of [['year', '2030'], ['month', '8'], ['day', '17']]) {
    await page.locator(`input[name=${name}]:not([type=hidden])`).fill(value);
  }
  await press('調べる');
  await expect(page.getByText('まだ更新できません')).toBeVisible();
  await checkPage(page);
  await press('この内容で予約する');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('予約が終わりました');
  await checkPage(page);
  await shot(page, 'renewal-done');
  const number = (await page.locator('.done-number').textContent())!.trim();
  expect((await appointment(page, number)).summary).toContain('電子証明書の更新');
  return number;
}

for (const scripts of [true, false]) {
  test.describe(scripts ? 'with scripts' : 'without scripts', () => {
    test.use({ viewport: NARROW, javaScriptEnabled: scripts, locale: 'ja' });

    test('a renewal is booked, found and cancelled at 320 px', async ({ page, city }) => {
      await city.setClock('2026-11-09T10:00:00+09:00');
      const press = async (name: string) => {
        const button = page.getByRole('button', { name });
        await button.focus();
        await page.keyboard.press('Enter');
        await page.waitForLoadState();
      };
      const number = await books(page, city.citizens, press);
      await page.goto(`${city.citizens}/reservation`);
      await page.locator('[name=number]').fill(number);
      await press('予約を見る');
      await expect(page.getByText('電子証明書の更新').first()).toBeVisible();
      await checkPage(page);
      await page.getByRole('link', { name: '予約を取り消す' }).click();
      await press('予約を取り消す');
      await expect(page.getByRole('heading', { level: 1 })).toContainText('予約を取り消しました');
      await checkPage(page);
    });

    for (const path of ['/renewal/elsewhere', '/renewal/two-visits', '/renewal/branches', '/renewal/when', '/renewal/people/4']) {
      test(`${path} is whole at 320 px`, async ({ page, city }) => {
        await page.goto(`${city.citizens}${path}`);
        await checkPage(page);
        await shot(page, path.slice(1).replaceAll('/', '-'));
      });
    }
  });
}
