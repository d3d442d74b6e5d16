// What hands and browsers do to a form that nobody meant: Back, double clicks, two tabs, old forms, a visit that ended,
// signs from other keyboards. No answer is a fault of the program, every page says what to do, nothing is lost.
import type { Page } from '@playwright/test';
import { checkPage, expect, test } from '../kit/story.ts';

const MORNING = '2026-11-09T10:00:00+09:00';

test.use({ viewport: { width: 360, height: 740 }, locale: 'ja' });

/** Every answer of a page: none may be a fault. */
function noFaults(page: Page): () => void {
  const faults: string[] = [];
  page.on('response', (answer) => {
    if (answer.status() >= 500) faults.push(`${answer.status()} ${answer.url()}`);
  });
  return () => expect(faults).toEqual([]);
}

async function presses(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name }).click();
  await page.waitForLoadState();
}

/** The questions before a renewal, up to the days. */
async function answers(page: Page, citizens: string): Promise<void> {
  await page.goto(`${citizens}/renewal`);
  for (const [name, value] of [['kind', 'certificate'], ['here', 'yes'], ['who', 'principal'], ['pins', 'known']]) {
    await page.locator(`[name=${name}][value=${value}]`).check();
  }
  await presses(page, '確認して日にちを選ぶ');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('日にちを選んでください');
}

/** From the days to the page that asks whether all is right, with the n-th time of the first day. */
async function chooses(page: Page, n: number): Promise<void> {
  await page.locator('a.day').first().click();
  await page.locator('button.time').nth(n).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('予約の内容を確かめてください');
}

async function finds(page: Page, citizens: string, number: string): Promise<void> {
  await page.goto(`${citizens}/reservation`);
  await page.locator('[name=number]').fill(number);
  await presses(page, '予約を見る');
}

test('r4_c_back, a double click and an old form book once', async ({ page, city }) => {
  const end = noFaults(page);
  await city.setClock(MORNING);
  await answers(page, city.citizens);
  await chooses(page, 0);
  // Back to the times, and another one: the place that was held first is free again.
  await page.goBack();
  const other = page.locator('button.time').nth(3);
  const time = /\d+時\d+分/.exec(await other.innerText())![0];
  await other.click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('予約の内容を確かめてください');
  await page.getByRole('button', { name: 'この内容で予約する' }).dblclick();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('予約が終わりました');
  const number = (await page.locator('.done-number').innerText()).trim();
  // The old form once more: the same reservation, not a second one.
  await page.goBack();
  const again = page.getByRole('button', { name: 'この内容で予約する' });
  if (await again.isVisible()) {
    await again.click();
    await page.waitForLoadState();
  }
  await checkPage(page);
  await finds(page, city.citizens, number);
  await expect(page.locator('main')).toContainText(time);
  end();
});

test('r4_c_two tabs of one browser are two visits', async ({ page, context, city }) => {
  const end = noFaults(page);
  await city.setClock(MORNING);
  const other = await context.newPage();
  const otherEnd = noFaults(other);
  await answers(page, city.citizens);
  await answers(other, city.citizens);
  await chooses(page, 0);
  await chooses(other, 1);
  await presses(page, 'この内容で予約する');
  await presses(other, 'この内容で予約する');
  const numbers = [page, other].map((tab) => tab.locator('.done-number').innerText());
  expect(new Set(await Promise.all(numbers)).size).toBe(2);
  end();
  otherEnd();
});

test('r4_c_a hold that ran out and a visit that is gone are told with the way on', async ({ page, context, city }) => {
  const end = noFaults(page);
  await city.setClock(MORNING);
  await answers(page, city.citizens);
  await chooses(page, 0);
  // Eleven minutes at the table, and somebody took every place of the hour meanwhile or not: the page says what is so.
  await city.advance(11 * 60);
  await presses(page, 'この内容で予約する');
  await checkPage(page);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await answers(page, city.citizens);
  await page.locator('a.day').first().click();
  await context.clearCookies();
  await page.locator('button.time').first().click();
  await page.waitForLoadState();
  await checkPage(page);
  // From there a link leads back to a beginning.
  await expect(page.locator('main a[href]').first()).toBeVisible();
  // The machine sleeps for a night before the last page.
  await answers(page, city.citizens);
  await chooses(page, 0);
  await city.advance(16 * 60 * 60);
  await presses(page, 'この内容で予約する');
  await checkPage(page);
  await expect(page.locator('main a[href]').first()).toBeVisible();
  end();
});

test('r4_c_signs from other keyboards are read, or explained and kept', async ({ page, city }) => {
  const end = noFaults(page);
  await city.setClock(MORNING);
  await answers(page, city.citizens);
  await chooses(page, 0);
  await presses(page, 'この内容で予約する');
  const number = (await page.locator('.done-number').innerText()).trim();
  const wide = number.replaceAll(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));
  for (const typed of [wide, ` ${number.replaceAll('-', ' ー ')} `, `\u200f${number}\u202e`]) {
    await finds(page, city.citizens, typed);
    await expect(page.locator('main'), typed).toContainText('電子証明書の更新');
  }
  for (const typed of ['🍣🍣🍣', 'ｘ', '‮٣٤٥', "1'; --", '<b>1</b>', '９'.repeat(40)]) {
    await finds(page, city.citizens, typed);
    await expect(page.getByRole('heading', { name: '入力内容に誤りがあります' }), typed).toBeVisible();
    await expect(page.locator('[name=number]'), typed).toHaveValue(typed);
  }
  await checkPage(page);
  // A megabyte in a field of eleven digits.
  await page.goto(`${city.citizens}/reservation`);
  await page.locator('[name=number]').evaluate((field: HTMLInputElement) => {
    field.removeAttribute('maxlength');
    field.value = '1'.repeat(1 << 20);
  });
  await presses(page, '予約を見る');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await checkPage(page);
  end();
});
