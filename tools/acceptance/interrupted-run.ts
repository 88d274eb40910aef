/**
 * Kills a run at random moments, resumes it, and checks that its result has the same bits as that of a run left alone.
 *   npx tsx --conditions=@unmask/source tools/acceptance/interrupted-run.ts [--model FOLDER] [--data FOLDER] [--kills 20] [--method id3]
 * Prints a line a kill and a summary; exits with 1 when a byte differs.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '@unmask/tensor-core';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'packages/models/fixtures/tiny-bert' },
    data: { type: 'string', default: 'synthetic' },
    method: { type: 'string', default: 'id3' },
    task: { type: 'string', default: 'sst2' },
    steps: { type: 'string', default: '400' },
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
  },
});
const folder = await mkdtemp(join(tmpdir(), 'interrupted-'));
const random = new Random(Number(values.seed));

/** Runs to the end, or kills the process after `limit` ms. @returns ms that it ran, and whether it ended by itself */
function run(out: string, limit?: number): Promise<{ milliseconds: number; ended: boolean }> {
  const started = performance.now();
  const options = ['--tasks', values.task, '--methods', values.method, '--model', values.model, '--data', values.data, '--budget', '2000', '--max-steps', values.steps, '--limit', '200', '--max-length', '32', '--checkpoint-every', '3'];
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=@unmask/source', 'apps/reproduce/src/cli.ts', 'run', ...options, '--out', join(folder, out)], { stdio: 'ignore' });
  const timer = limit === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), limit);
  return new Promise((resolve, reject) => {
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (signal !== 'SIGKILL' && code !== 0) reject(new Error(`the run ended with code ${String(code)}`));
      else resolve({ milliseconds: performance.now() - started, ended: signal !== 'SIGKILL' });
    });
  });
}

/** The run's trained change, and its result without what may differ from run to run. */
async function outcome(out: string): Promise<{ delta: Buffer; result: string }> {
  const [name] = await readdir(join(folder, out));
  const result = JSON.parse(await readFile(join(folder, out, name, 'result.json'), 'utf8')) as Record<string, unknown>;
  const same = ['metrics', 'finalLoss', 'unmaskedEntries', 'touchedEntries', 'gradientUpdates', 'steps', 'deltaVerified'];
  return { delta: await readFile(join(folder, out, name, 'delta.safetensors')), result: JSON.stringify(same.map((key) => result[key])) };
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
      const [name] = await readdir(join(folder, out)).catch(() => []);
      const left = name === undefined ? [] : await readdir(join(folder, out, name));
      console.log(`kill ${kills} after ${Math.round(limit!)} ms: left ${left.join(', ') || 'nothing'}`);
    }
    const resumed = await outcome(out);
    const equal = resumed.delta.equals(whole.delta) && resumed.result === whole.result;
    console.log(`${out}: ${equal ? 'bit-identical' : 'DIFFERENT'}`);
    if (!equal) process.exitCode = 1;
  }
  console.log(`${kills} kills of a run of ${Math.round(milliseconds)} ms: ${process.exitCode ? 'results differ' : 'every resumed result is bit-identical'}`);
} finally {
  await rm(folder, { recursive: true });
}
