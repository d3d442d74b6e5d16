// Stories in the Chromium of the system: nothing is downloaded, nobody outside is contacted.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'stories',
  outputDir: 'test-results',
  // Each story has a city of its own, with its own clock. Two at once: one waits for its pages while the other thinks.
  workers: 2,
  fullyParallel: false,
  // A story that passes only the second time tells of a fault.
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 240_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    // Nothing that a hand reaches takes longer; a story that waits for what never comes says so.
    actionTimeout: 20_000,
    locale: 'ja-JP',
    timezoneId: 'Asia/Tokyo',
    screenshot: 'only-on-failure',
    // A trace takes a third of the run's time: asked for when a fault is looked into, not kept of every step that is right.
    trace: process.env.MADOGUCHI_TRACE ? 'retain-on-failure' : 'off',
    launchOptions: {
      executablePath: process.env.MADOGUCHI_CHROMIUM ?? '/usr/bin/chromium',
      env: { ...process.env, LANGUAGE: 'ja' } as Record<string, string>,
      args: [
        '--no-sandbox',
        // The browser's own words and the order of its date fields, as at a Japanese terminal.
        '--lang=ja',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
