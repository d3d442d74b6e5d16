// A city of one story's own: the program on free ports, with an empty database and a clock that
// stands still until the story moves it.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Someone who may sign in. */
export interface Person {
  role: string;
  login: string;
  password: string;
}

/** What the program says of itself on its first line. */
interface Announcement {
  public: string;
  staff: string;
  operations: string;
  mails: string;
  people: Person[];
}

export type Database = 'sqlite' | 'postgres';

const START_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 10_000;

export class City {
  private constructor(
    private readonly server: ChildProcess,
    private readonly said: string[],
    private readonly announced: Announcement,
    /** Where the program keeps its files. */
    readonly folder: string,
  ) {}

  /**
   * Starts the program and waits until it takes visitors; throws with its own words if it does not. Empty, or a city that
   * has been at work until an instant.
   */
  static async open(database: Database = 'sqlite', filled?: string): Promise<City> {
    const program = needed('MADOGUCHI_BIN');
    accessSync(program, constants.X_OK);
    const folder = mkdtempSync(join(tmpdir(), 'madoguchi-story-'));
    const words = ['demo', '--data', folder, '--ports', '0', '--clock', 'manual', '--announce', 'json'];
    words.push(...(filled ? ['--at', filled] : ['--empty']));
    if (database === 'postgres') {
      words.push('--postgres', needed('MADOGUCHI_TEST_POSTGRES'));
    }
    const server = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    const said: string[] = [];
    createInterface({ input: server.stderr! }).on('line', (line) => said.push(line));
    const end = () => server.kill('SIGKILL');
    process.once('exit', end);
    server.once('exit', () => process.off('exit', end));
    try {
      const announced = await firstLine(server);
      return new City(server, said, announced, folder);
    } catch (fault) {
      server.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      throw new Error(`${program} did not start: ${fault}\n${said.join('\n')}`);
    }
  }

  /** The citizens' first address, without a slash at its end. */
  get citizens(): string {
    return this.announced.public;
  }

  get staff(): string {
    return this.announced.staff;
  }

  get operations(): string {
    return this.announced.operations;
  }

  /** The folder into which the mails to citizens go. */
  get mails(): string {
    return this.announced.mails;
  }

  /** The one account that an empty city has for a role. */
  person(role: string): Person {
    const found = this.announced.people.find((person) => person.role === role);
    if (!found) {
      const roles = this.announced.people.map((person) => person.role).join(', ');
      throw new Error(`nobody is ${role} here (there are ${roles})`);
    }
    return found;
  }

  /** Sets the clock: an instant with its offset, such as 2026-11-24T09:00:00+09:00. */
  async setClock(to: string): Promise<void> {
    await this.moveClock({ to });
  }

  async advance(seconds: number): Promise<void> {
    await this.moveClock({ advance_seconds: seconds });
  }

  private async moveClock(body: object): Promise<void> {
    const answer = await fetch(`${this.operations}/demo/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) {
      throw new Error(`the clock did not move: ${answer.status} ${await answer.text()}`);
    }
  }

  /** What the program wrote to its log so far. */
  log(): string {
    return this.said.join('\n');
  }

  /** Stops the program as an operator would; a program that does not end is a fault of its own. */
  async close(): Promise<void> {
    try {
      if (this.server.exitCode !== null || this.server.signalCode !== null) {
        throw new Error(`the program ended before the story did\n${this.log()}`);
      }
      const gone = once(this.server, 'exit');
      this.server.kill('SIGTERM');
      const late = setTimeout(() => this.server.kill('SIGKILL'), STOP_WITHIN_MS);
      const [code, signal] = await gone;
      clearTimeout(late);
      if (code !== 0) {
        throw new Error(`the program ended with ${code ?? signal}\n${this.log()}`);
      }
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}

/** Stories fail, and are never skipped, when what they run on is not there. */
export function needed(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: start the stories with \`cargo xtask test --only browser\``);
  }
  return value;
}

function firstLine(server: ChildProcess): Promise<Announcement> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('no announcement in time')), START_WITHIN_MS);
    const fail = (fault: Error) => {
      clearTimeout(late);
      reject(fault);
    };
    server.once('error', fail);
    server.once('exit', (code, signal) => fail(new Error(`it ended with ${code ?? signal}`)));
    // The reader goes on after the first line, so that the program never waits for us.
    createInterface({ input: server.stdout! }).once('line', (line) => {
      clearTimeout(late);
      try {
        resolve(JSON.parse(line) as Announcement);
      } catch {
        reject(new Error(`the first line is no announcement: ${line}`));
      }
    });
  });
}
