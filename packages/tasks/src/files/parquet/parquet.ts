import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { UnmaskError } from '@unmask/tensor-core';
import { Json } from '../../row.js';
import type { LocatedRow } from '../located-row.js';

/** Megabytes that the process may take for JavaScript's values: a row group of some million texts. */
const MEMORY = 1024;

/** Milliseconds that it may take for some rows, and what is added for each byte of the file. */
const [TIME, TIME_PER_BYTE] = [30_000, 0.001];

/** What the process sends: rows, what is wrong, or at the end of the file nothing. */
interface Answer {
  readonly names?: readonly string[];
  readonly rows?: readonly (readonly (string | readonly [json: string])[])[];
  readonly problem?: string;
}

/**
 * The first `limit` rows of a parquet file: texts, dates and times as texts, other values as {@link Json}. The file is decoded in
 * a process of its own, whose memory and time are limited. One row group is in memory at a time, and none past the limit is read.
 * @param remedy what to do with a file that cannot be read
 * @throws UnmaskError `bad-file` when it cannot be read
 */
export async function* readParquet(path: string, limit: number, remedy: string): AsyncGenerator<LocatedRow> {
  const bad = (problem: string) => new UnmaskError(`${path} is no valid parquet file (${problem}): ${remedy}`, { code: 'bad-file' });
  const found = await stat(path).catch((error: Error) => { throw bad(error.message); });
  if (!found.isFile()) throw bad('it is no file');
  const decoder = fork(fileURLToPath(new URL('./parquet-decoder.js', import.meta.url)), [path, String(limit)], {
    execArgv: [`--max-old-space-size=${MEMORY}`],
    env: { ...process.env, NODE_OPTIONS: '' },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  try {
    let number = 0;
    for (;;) {
      const { names, rows, problem } = await ask(decoder, TIME + TIME_PER_BYTE * found.size);
      if (problem !== undefined) throw bad(problem);
      if (!names || !rows) return;
      for (const row of rows) yield { place: `, row ${++number},`, read: () => new Map(names.map((name, index) => [name, valueOf(row[index])])) };
    }
  } finally {
    decoder.kill('SIGKILL');
  }
}

const valueOf = (written: string | readonly [json: string]) => (typeof written === 'string' ? written : new Json(written[0]));

/** The decoder's next answer. */
async function ask(decoder: ChildProcess, time: number): Promise<Answer> {
  const problem = `decoding it takes more than ${MEMORY} MB of memory or ${Math.round(time / 1000)} s, as damaged files do`;
  if (decoder.exitCode !== null || decoder.signalCode !== null) return { problem };
  const ended = new AbortController();
  const { signal } = ended;
  const timer = setTimeout(() => decoder.kill('SIGKILL'), time);
  try {
    decoder.send('next', () => undefined); // that it has ended, its exit says
    const answer = once(decoder, 'message', { signal }).then(([message]) => message as Answer);
    const end = once(decoder, 'exit', { signal }).then(() => ({ problem }));
    return await Promise.race([answer, end]);
  } finally {
    clearTimeout(timer);
    ended.abort();
  }
}
