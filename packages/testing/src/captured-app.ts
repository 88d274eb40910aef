import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, jest } from '@jest/globals';

/** The app as tests run it: in a folder of its own, which each test finds empty, with what it prints caught. */
export interface CapturedApp {
  readonly folder: string;
  readonly out: string;
  readonly error: string;
  /** Called with each text that is printed, once it is set. */
  onPrint: ((text: string) => void) | undefined;
  /** Runs `unmask` and forgets what was printed before. @returns the exit code */
  run(...args: string[]): Promise<number>;
  /** What was printed on standard output, as JSON. */
  json<T>(): T;
  /** Writes a file of some lines into the folder, or of rows as JSON. @returns its path */
  file(name: string, lines: readonly unknown[]): Promise<string>;
}

/**
 * Call it where tests are described.
 * @param main the app: what follows `unmask` → exit code
 */
export function capturedApp(main: (args: readonly string[]) => Promise<number>): CapturedApp {
  const app = { folder: '', out: '', error: '', onPrint: undefined as CapturedApp['onPrint'] };
  beforeEach(async () => {
    app.folder = await mkdtemp(join(tmpdir(), 'unmask-app-'));
    const capture = (stream: 'out' | 'error') => (text: string | Uint8Array) => {
      app[stream] += String(text);
      app.onPrint?.(String(text));
      return true;
    };
    jest.spyOn(process.stdout, 'write').mockImplementation(capture('out'));
    jest.spyOn(process.stderr, 'write').mockImplementation(capture('error'));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    app.onPrint = undefined;
    await rm(app.folder, { recursive: true });
  });
  return Object.assign(app, {
    run: (...args: string[]) => {
      app.out = app.error = '';
      return main(args);
    },
    json: <T>() => JSON.parse(app.out) as T,
    file: async (name: string, lines: readonly unknown[]) => {
      const path = join(app.folder, name);
      await writeFile(path, lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
      return path;
    },
  });
}
