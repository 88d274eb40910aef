import type * as ChildProcess from 'node:child_process';
import type * as Url from 'node:url';
import { builtin, openSource, UnmaskError } from '@unmask/tensor-core';
import type { Stretch } from './stretch.js';

/** Megabytes that the process may take for JavaScript's values: a row group of some million texts. */
const MEMORY = 1024;

/** Milliseconds that it may take for some rows, and what is added for each byte of the file. */
const [TIME, TIME_PER_BYTE] = [30_000, 0.001];

/** What the process sends: rows, what is wrong, or at the end of the file nothing. */
type Answer = Partial<Stretch> & { readonly problem?: string };

/**
 * Decodes a parquet file of the disk in a process of its own, whose memory and time are limited.
 * @throws Error that says what is wrong with it; UnmaskError `interrupted` after Ctrl-C
 */
export async function* decodeApart(path: string, limit: number): AsyncGenerator<Stretch> {
  const source = await openSource(path);
  await source.close();
  const { fork } = builtin<typeof ChildProcess>('node:child_process')!;
  const { fileURLToPath } = builtin<typeof Url>('node:url')!;
  const decoder = fork(fileURLToPath(new URL('./parquet-decoder.js', import.meta.url)), [path, String(limit)], {
    execArgv: [`--max-old-space-size=${MEMORY}`],
    env: { ...process.env, NODE_OPTIONS: '' },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  try {
    for (;;) {
      const { names, rows, problem } = await ask(decoder, TIME + TIME_PER_BYTE * source.size);
      if (decoder.signalCode === 'SIGINT') throw new UnmaskError(`ended while reading ${path}`, { code: 'interrupted' }); // Ctrl-C goes to all processes of a terminal
      if (problem !== undefined) throw new Error(problem);
      if (!names || !rows) return;
      yield { names, rows };
    }
  } finally {
    decoder.kill('SIGKILL');
  }
}

/** The decoder's next answer. */
async function ask(decoder: ChildProcess.ChildProcess, time: number): Promise<Answer> {
  const problem = `decoding it takes more than ${MEMORY} MB of memory or ${Math.round(time / 1000)} s, as damaged files do`;
  if (decoder.exitCode !== null || decoder.signalCode !== null) return { problem };
  const timer = setTimeout(() => decoder.kill('SIGKILL'), time);
  let settle: (answer: Answer) => void = () => undefined;
  const answer = new Promise<Answer>((resolve) => (settle = resolve));
  const end = () => settle({ problem });
  decoder.once('message', settle).once('exit', end);
  try {
    decoder.send('next', () => undefined); // that it has ended, its exit says
    return await answer;
  } finally {
    clearTimeout(timer);
    decoder.off('message', settle).off('exit', end);
  }
}
