// The mails of a city, as its citizens get them: read back from the folder into which the program of a demo puts them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { City } from './server.ts';
import { expect } from './story.ts';

export interface Mail {
  /** To whom, and what mail programs look for. */
  headers: string;
  text: string;
  html: string;
}

/** Every mail so far, the oldest first, once there are so many. */
export async function mails(city: City, many: number): Promise<Mail[]> {
  // What is due is sent before the answer, but for what the program has just begun to send by itself.
  await city.advance(1);
  let found: Mail[] = [];
  await expect(() => {
    const names = readdirSync(city.mails).filter((name) => name.endsWith('.eml')).sort();
    found = names.map((name) => read(readFileSync(join(city.mails, name), 'utf8')));
    expect(found, 'mails').toHaveLength(many);
  }).toPass({ timeout: 10_000 });
  return found;
}

/** The link to the page of the address's owner. */
export function link(mail: Mail): string {
  const found = mail.text.match(/http\S+\/m\/\S+/);
  if (!found) throw new Error(`no link in ${mail.text}`);
  return found[0];
}

function read(source: string): Mail {
  const part = (kind: string) => {
    const found = source.match(new RegExp(`Content-Type: ${kind}[^]*?\\r\\n\\r\\n([^]*?)\\r\\n--`));
    if (!found) throw new Error(`a mail has no part ${kind}:\n${source.slice(0, 400)}`);
    return Buffer.from(found[1]!, 'base64').toString('utf8');
  };
  return { headers: source.split('\r\n\r\n')[0]!, text: part('text/plain'), html: part('text/html') };
}
