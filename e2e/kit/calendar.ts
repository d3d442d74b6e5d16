// The appointment as a calendar program understands it.
import type { Page } from '@playwright/test';
import ICAL from 'ical.js';
import { expect } from './story.ts';

/** What a calendar shows. */
export interface Appointment {
  summary: string;
  location: string;
  start: Date;
  minutes: number;
}

/** Takes the file that a page offers, and reads it as a calendar program does. It must remind the day before. */
export async function appointment(page: Page, number: string): Promise<Appointment> {
  const link = page.locator('main a[href$=".ics"]').first();
  const answer = await page.request.get(new URL((await link.getAttribute('href'))!, page.url()).href);
  expect(answer.headers()['content-type']).toBe('text/calendar; charset=utf-8');
  const text = await answer.text();
  expect(text.replaceAll(/\D/g, ''), 'calendars are shared: the number is not in it').not.toContain(number.replaceAll(/\D/g, ''));
  const events = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent');
  expect(events).toHaveLength(1);
  const [alarm] = events[0]!.getAllSubcomponents('valarm');
  expect(String(alarm?.getFirstPropertyValue('trigger'))).toBe('-P1D');
  const event = new ICAL.Event(events[0]!);
  return {
    summary: event.summary,
    location: event.location,
    start: event.startDate.toJSDate(),
    minutes: event.duration.toSeconds() / 60,
  };
}
