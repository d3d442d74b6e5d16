// Bad input by schemathesis: what no browser and no person would send, to the routes that a document describes. The JSON
// routes describe themselves; for forms the document is made here, of those that stand on the pages.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { needed, type City } from './server.ts';
import { expect } from './story.ts';

/** A form as it stood on a page. */
export interface Form {
  /** Its address, without what follows a question mark. */
  path: string;
  method: 'get' | 'post';
  /** Each field with the values that the page had for it; none for what is typed. */
  fields: Record<string, string[]>;
  /** The cookies that the browser sends there. */
  cookies: Record<string, string>;
}

/** The forms of the page that is open. */
export async function forms(page: Page): Promise<Form[]> {
  const found = await page.locator('main form').evaluateAll((all) => (all as HTMLFormElement[]).map((form) => {
    const fields: Record<string, string[]> = {};
    for (const each of [...form.elements] as HTMLInputElement[]) {
      if (!each.name) continue;
      const values = each instanceof HTMLSelectElement ? [...each.options].map((option) => option.value) : [each.value];
      (fields[each.name] ??= []).push(...values.filter((value) => value !== ''));
    }
    // A field or a button may be named like what a form has of its own.
    const said = (name: string) => form.getAttribute(name);
    return { action: said('action') ?? location.href, post: said('method')?.toLowerCase() === 'post', fields };
  }));
  return Promise.all(found.map(async ({ action, post, fields }) => {
    const url = new URL(action, page.url());
    const cookies = Object.fromEntries((await page.context().cookies(url.href)).map(({ name, value }) => [name, value]));
    return { path: url.pathname, method: post ? ('post' as const) : ('get' as const), fields, cookies };
  }));
}

/** OpenAPI 3.1 of forms. Parts of an address in braces may be anything. */
function described(forms: Form[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const { path, method, fields, cookies } of forms) {
    const text = (values: string[]) => ({ type: 'string', ...(values.length > 0 && { examples: values }) });
    const parameter = (place: string, name: string, schema: object) => ({ in: place, name, required: place !== 'query', schema });
    const parameters = [
      ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => parameter('path', name!, { type: 'string', minLength: 1 })),
      ...Object.entries(cookies).map(([name, value]) => parameter('cookie', name, { enum: [value] })),
      ...(method === 'get' ? Object.entries(fields).map(([name, values]) => parameter('query', name, text(values))) : []),
    ];
    const properties = Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, text(values)]));
    const schema = { type: 'object', properties, additionalProperties: { type: 'string' } };
    const body = { required: true, content: { 'application/x-www-form-urlencoded': { schema } } };
    const responses = { default: { description: 'a page' } };
    (paths[path] ??= {})[method] = { parameters, responses, ...(method === 'post' && { requestBody: body }) };
  }
  return { openapi: '3.1.0', info: { title: 'forms', version: '1' }, paths };
}

/** Sends everything to forms that no form would send: each answer is a page, none an error of the program. */
export async function attacksForms(city: City, forms: Form[]): Promise<void> {
  const document = join(city.folder, 'forms.json');
  writeFileSync(document, JSON.stringify(described(forms)));
  const asked = await run(city, document, '--url', city.citizens, '--checks', 'not_a_server_error', '--max-examples', '20',
    // Whatever else an answer says: there are forms without a field, and addresses that are gone by now.
    '--phases', 'examples,coverage,fuzzing', '--warnings', 'off', '--header', 'Sec-Fetch-Site: same-origin');
  expect(asked, 'requests to forms').toBeGreaterThan(forms.length * 20);
}

/** The same for JSON routes, whose answers are compared with what their document promises. */
export async function attacksJson(city: City): Promise<void> {
  const asked = await run(city, `${city.citizens}/api/openapi.json`, '--checks', 'all', '--max-examples', '60');
  expect(asked, 'requests to JSON routes').toBeGreaterThan(300);
}

/** Runs schemathesis, the same way every time, and answers how many requests it made. */
async function run(city: City, ...words: string[]): Promise<number> {
  const program = spawn(needed('MADOGUCHI_SCHEMATHESIS'), ['run', ...words, '--seed', '1', '--no-color'], {
    // It keeps what it found beside where it runs.
    cwd: city.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [program.stdout, program.stderr]) stream.on('data', (words) => (said += String(words)));
  const code = await new Promise((resolve, reject) => program.once('exit', resolve).once('error', reject));
  expect(code, said).toBe(0);
  return Number(said.match(/(\d+) generated/)?.[1] ?? 0);
}
