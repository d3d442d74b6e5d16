import { checkPage, expect, shot, test, WIDTHS } from '../kit/story.ts';

/** Screens that an empty city already has, with the heading that tells where one is. */
const SCREENS: [string, string, string][] = [
  ['operator', '/', '今日'],
  ['operator', '/preparation', '準備'],
  ['operator', '/consignments/new', '一覧表を取り込む'],
  ['operator', '/letters', '交付のご案内'],
  ['operator', '/storage', '保管'],
  ['operator', '/storage/put', 'カードを箱に入れる'],
  ['operator', '/cards', 'カード一覧'],
  ['operator', '/counter', '窓口'],
  ['person_in_charge', '/reports', '報告'],
  ['person_in_charge', '/rules', '規則'],
];

for (const [name, viewport] of Object.entries(WIDTHS)) {
  test.describe(`on a ${name} of ${viewport.width} px`, () => {
    test.use({ viewport });

    for (const role of ['operator', 'person_in_charge']) {
      test(`${role} signs in and finds the screens`, async ({ page, city }) => {
        await city.setClock('2026-11-24T08:50:00+09:00');
        await page.goto(`${city.staff}/sign-in`);
        await checkPage(page);
        await shot(page, 'staff-sign-in');
        const person = city.person(role);
        await page.locator('[name=login]').fill(person.login);
        await page.locator('[name=password]').fill(person.password);
        await page.getByRole('button', { name: 'サインイン' }).click();
        for (const [, path, heading] of SCREENS.filter(([who]) => who === role)) {
          await page.goto(`${city.staff}${path}`);
          await expect(page.getByRole('heading', { level: 1 })).toContainText(heading);
          await checkPage(page);
          await shot(page, `staff${path.replaceAll('/', '-')}`);
        }
      });
    }
  });
}
