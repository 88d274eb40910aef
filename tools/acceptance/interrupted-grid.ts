/**
 * Kills a grid of runs at random moments, resumes it, and checks that its results have the same bits as those of a grid left alone.
 *   npx tsx --conditions=@unmask/source tools/acceptance/interrupted-grid.ts [--model FOLDER] [--data FOLDER] [--kills 20]
 *     [--tasks sst2] [--methods id3] [--seeds 1] [--steps 400]
 * Prints a line a kill and a summary; exits with 1 when a byte differs.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { RunStore } from '@unmask/benchmark';
import { Random } from '@unmask/tensor-core';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'packages/models/fixtures/tiny-bert' },
    data: { type: 'string', default: 'synthetic' },
    tasks: { type: 'string', default: 'sst2' },
    methods: { type: 'string', default: 'id3' },
    seeds: { type: 'string', default: '1' },
    steps: { type: 'string', default: '400' },
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
  },
});
const folder = await mkdtemp(join(tmpdir(), 'interrupted-'));
const random = new Random(Number(values.seed));
const settings = ['--tasks', values.tasks, '--methods', values.methods, '--seed', values.seeds, '--model', values.model, '--data', values.data, '--max-steps', values.steps];
const small = ['--budget', '2000', '--limit', '200', '--max-length', '32', '--checkpoint-every', '3'];

/** Runs to the end, or kills the process after `limit` ms. @returns ms that it ran, and whether it ended by itself */
function run(out: string, limit?: number): Promise<{ milliseconds: number; ended: boolean }> {
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=@unmask/source', 'apps/reproduce/src/cli.ts', 'run', ...settings, ...small, '--out', join(folder, out)], { stdio: 'ignore' });
  const timer = limit === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), limit);
  return new Promise((resolve, reject) => {
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (signal !== 'SIGKILL' && code !== 0) reject(new Error(`the grid ended with code ${String(code)}`));
      else resolve({ milliseconds: performance.now() - started, ended: signal !== 'SIGKILL' });
    });
  });
}

/** The results of a grid without what may differ from run to run, and how many of its runs have none. */
async function outcome(out: string): Promise<{ results: string; finished: number; unfinished: number }> {
  const { finished, failed, unfinished } = await new RunStore(join(folder, out)).read();
  const results = finished.map(({ result, history, predictions }) => {
    const { task, method, seed, scores, finalLoss, unmaskedEntries, touchedEntries, gradientUpdates, steps, deltaSha256, deltaVerified } = result;
    const losses = history.map((line) => ('loss' in line ? line.loss : line));
    return { task, method, seed, scores, finalLoss, unmaskedEntries, touchedEntries, gradientUpdates, steps, deltaSha256, deltaVerified, losses, predictions };
  });
  return { results: JSON.stringify(results), finished: finished.length, unfinished: unfinished.length + failed.length };
}

try {
  const { milliseconds } = await run('whole');
  const whole = await outcome('whole');
  let kills = 0;
  for (let trial = 1; kills < Number(values.kills); trial++) {
    const out = `trial-${trial}`;
    for (let ended = false; !ended; ) {
      const limit = kills < Number(values.kills) ? milliseconds * (0.2 + 0.8 * random.uniform()) : undefined;
      ({ ended } = await run(out, limit));
      if (ended) break;
      kills++;
      const left = await outcome(out).catch(() => ({ finished: 0, unfinished: 0 }));
      console.log(`kill ${kills} after ${Math.round(limit!)} ms: ${left.finished} runs finished, ${left.unfinished} begun`);
    }
    const resumed = await outcome(out);
    const equal = resumed.results === whole.results;
    console.log(`${out}: ${resumed.finished} runs, ${equal ? 'bit-identical' : 'DIFFERENT'}`);
    if (!equal) process.exitCode = 1;
  }
  console.log(`${kills} kills of a grid of ${whole.finished} runs and ${Math.round(milliseconds)} ms: ${process.exitCode ? 'results differ' : 'every resumed result is bit-identical'}`);
} finally {
  await rm(folder, { recursive: true });
}
