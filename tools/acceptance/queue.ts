/**
 * Carries out a grid of short runs over a queue, and checks that what comes back has the bits of one process: by 1, 2 and 4
 * workers, then with 3 workers of which one is killed at random moments, with a Redis server that is killed, with a submitter
 * that is killed, and over a network that is slow and cuts connections.
 *   nice -n 19 npx tsx --conditions=@unmask/source tools/acceptance/queue.ts [--checks overhead,scaling,workers,redis,submitter,network]
 *     [--kills 20] [--seeds 6] [--steps 40] [--model FOLDER]
 * Needs redis-server. Prints a line for each check; exits with 1 when a result differs.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Executor, RunStore, runName, planGrid, runGrid } from '@unmask/benchmark';
import { queueExecutor, work } from '@unmask/queue';
import { Random } from '@unmask/tensor-core';
import { type RedisServer, startRedis } from '@unmask/testing/redis-server';
import { badNetwork } from './bad-network.js';
import { bundled } from './bundled.js';

const { values } = parseArgs({
  options: {
    checks: { type: 'string', default: 'overhead,scaling,workers,redis,submitter,network' },
    kills: { type: 'string', default: '20' },
    seeds: { type: 'string', default: '6' },
    steps: { type: 'string', default: '40' },
    model: { type: 'string', default: resolve('packages/models/fixtures/tiny-bert') },
  },
});
const random = new Random(1);
const folder = await mkdtemp(join(tmpdir(), 'queue-check-'));
const [app, child] = await bundled(join(folder, 'app'), ['apps/reproduce/src/cli.ts', 'packages/benchmark/src/executors/child.ts']);
const preload = join(folder, 'preload.mjs'); // the program of a worker's process is a script, too
await writeFile(preload, `import Module from 'node:module';\nconst original = Module._resolveFilename;\nModule._resolveFilename = (name, ...rest) => (name === '@unmask/benchmark/child' ? ${JSON.stringify(child)} : original(name, ...rest));\n`);

const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => index + 1);
const GRID = { tasks: ['sst2', 'rte'], methods: ['id3', 'lora'], seeds, model: values.model, data: 'synthetic', budgets: [100], epochs: null, maxSteps: Number(values.steps), limit: 64, maxLength: 16 };
const GRID_LINE = ['run', '--tasks', GRID.tasks.join(), '--methods', GRID.methods.join(), '--seed', seeds.join(), '--model', GRID.model, '--data', GRID.data, '--budget', '100', '--max-steps', values.steps, '--limit', '64', '--max-length', '16', '--checkpoint-every', '5', '--backend', 'onnxruntime'];
const RUNS = planGrid(GRID).flatMap(({ first }) => first);

const children = new Set<ChildProcess>();

/** Gives a command of the app. */
function give(line: readonly string[]): ChildProcess {
  const process_ = spawn(process.execPath, ['--import', preload, app, ...line], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, UNMASK_THREADS: '1' } });
  children.add(process_);
  process_.on('exit', () => children.delete(process_));
  return process_;
}

/** Gives a command and waits for its end. @param started is shown the process */
async function finish(line: readonly string[], started?: (process_: ChildProcess) => void): Promise<void> {
  const process_ = give(line);
  started?.(process_);
  let errors = '';
  process_.stderr!.on('data', (text: Buffer) => (errors += text.toString()));
  const [code, signal] = (await once(process_, 'exit')) as [number | null, string | null];
  if (code !== 0) throw new Error(`unmask ${line[0]} ended with ${code ?? signal}: ${errors.slice(-2000)}`);
}

/** Starts a worker and waits until it waits for runs. */
async function startWorker(url: string, name: string): Promise<ChildProcess> {
  const worker = give(['worker', '--queue', url, '--name', `${process.pid}-${name}`]);
  await new Promise<void>((done, failed) => {
    let said = '';
    worker.stderr!.on('data', (text: Buffer) => {
      said += text.toString();
      if (said.includes('waits for runs')) done();
    });
    worker.on('exit', () => failed(new Error(`a worker has ended: ${said}`)));
  }).catch((error: unknown) => {
    if (worker.signalCode !== 'SIGKILL') throw error;
  });
  return worker;
}

/** What results have to have in common. */
async function outcome(out: string): Promise<string> {
  const { finished, unfinished, failed, damaged } = await new RunStore(join(folder, out)).read();
  const results = finished.map(({ result, history, predictions }) => {
    const { task, method, seed, scores, finalLoss, unmaskedEntries, gradientUpdates, steps, deltaSha256, deltaVerified } = result;
    return { task, method, seed, scores, finalLoss, unmaskedEntries, gradientUpdates, steps, deltaSha256, deltaVerified, losses: history.map((line) => ('loss' in line ? line.loss : line)), predictions };
  });
  return JSON.stringify({ results, others: [unfinished.length, failed.length, damaged.length] });
}

/** What the one process, left alone, came to. */
let expected = '';
/** Says how a check went. */
async function report(check: string, out: string, figures: string): Promise<void> {
  const isEqual = (await outcome(out)) === expected;
  if (!isEqual) process.exitCode = 1;
  console.log(`${check}: ${RUNS.length} runs, ${figures}, ${isEqual ? 'bit-identical' : 'DIFFERENT'}`);
}

/** Waits until a command that writes to `out` has some results, or has ended. */
async function hasResults(out: string, count: number, command: ChildProcess | undefined): Promise<void> {
  const results = async () => (await readdir(join(folder, out), { recursive: true }).catch(() => [])).filter((name) => name.endsWith('result.json')).length;
  while ((await results()) < count && command?.exitCode === null) await sleep(300);
}

const secondsSince = (started: number) => (performance.now() - started) / 1000;
const stopAll = async () => {
  const ended = [...children].map((one) => once(one, 'exit'));
  for (const one of children) one.kill('SIGKILL');
  await Promise.all(ended);
};

/** A check with a Redis server of its own. */
async function withRedis(check: (server: RedisServer) => Promise<void>, options?: readonly string[]): Promise<void> {
  const files = await mkdtemp(join(folder, 'redis-'));
  const server = await startRedis(files, options);
  try {
    await check(server);
  } finally {
    await stopAll();
    await server.kill();
  }
}

const CHECKS: Readonly<Record<string, () => Promise<void>>> = {
  /** Finished runs instead of trainings: what remains is the queue. */
  overhead: () =>
    withRedis(async ({ url }) => {
      const copying: Executor = {
        width: 1,
        async carryOut(settings, { out }) {
          await cp(join(folder, 'alone', runName(settings)), join(out, runName(settings)), { recursive: true });
          return (await new RunStore(out).read()).finished[0].result;
        },
        close: () => Promise.resolve(),
      };
      const stop = new AbortController();
      const worker = work({ url, name: `${process.pid}-overhead`, signal: stop.signal, onNote: () => undefined, executor: copying });
      const executor = await queueExecutor({ url, submitter: 'overhead', onNote: () => undefined });
      const started = performance.now();
      await runGrid(planGrid(GRID), { out: join(folder, 'overhead'), backend: 'onnxruntime', executor });
      const seconds = secondsSince(started);
      await executor.close();
      stop.abort();
      await worker;
      await report('overhead', 'overhead', `${Math.round((seconds / RUNS.length) * 1000)} ms of the queue per run, ${((seconds / RUNS.length / 60) * 100).toFixed(2)} % of a minute`);
    }),

  async scaling() {
    for (const count of [1, 2, 4]) {
      await withRedis(async ({ url }) => {
        await Promise.all(Array.from({ length: count }, (_, index) => startWorker(url, String(index))));
        const started = performance.now();
        await finish([...GRID_LINE, '--queue', url, '--out', join(folder, `workers-${count}`)]);
        await report(`${count} workers`, `workers-${count}`, `${secondsSince(started).toFixed(1)} s`);
      });
    }
  },

  async workers() {
    let kills = 0;
    for (let trial = 1; kills < Number(values.kills); trial++) {
      await withRedis(async ({ url }) => {
        const workers = await Promise.all([0, 1, 2].map((index) => startWorker(url, String(index))));
        let isOver = false;
        const submitted = finish([...GRID_LINE, '--queue', url, '--out', join(folder, `killed-${trial}`)]).finally(() => (isOver = true));
        const before = kills;
        while (!isOver && kills < Number(values.kills)) {
          await Promise.race([sleep(500 + 4000 * random.uniform()), submitted]);
          if (isOver) break;
          const index = random.integer(workers.length);
          const exit = once(workers[index], 'exit');
          workers[index].kill('SIGKILL');
          await exit;
          kills++;
          workers[index] = await startWorker(url, String(index));
        }
        await submitted;
        await report(`kill -9 of workers, grid ${trial}`, `killed-${trial}`, `${kills - before} kills`);
      });
    }
  },

  async redis() {
    const options = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec'];
    const files = await mkdtemp(join(folder, 'redis-'));
    let server = await startRedis(files, options);
    await Promise.all([0, 1, 2].map((index) => startWorker(server.url, String(index))));
    let submitter: ChildProcess | undefined;
    const submitted = finish([...GRID_LINE, '--queue', server.url, '--out', join(folder, 'redis')], (started) => (submitter = started));
    await hasResults('redis', 1, submitter);
    await server.kill();
    await sleep(3000);
    server = await startRedis(files, options, server.port);
    await submitted;
    await stopAll();
    await server.kill();
    await report('kill -9 of Redis with its append-only file', 'redis', 'killed after the first result');
  },

  submitter: () =>
    withRedis(async ({ url }) => {
      await Promise.all([0, 1, 2].map((index) => startWorker(url, String(index))));
      let kills = 0;
      for (; kills < 3; kills++) {
        const submitter = give([...GRID_LINE, '--queue', url, '--out', join(folder, 'submitter')]);
        await hasResults('submitter', kills, submitter);
        await sleep(1000 * random.uniform());
        if (submitter.exitCode !== null) break;
        const exit = once(submitter, 'exit');
        submitter.kill('SIGKILL');
        await exit;
      }
      await finish([...GRID_LINE, '--queue', url, '--out', join(folder, 'submitter')]);
      await report('kill -9 of the submitter', 'submitter', `${kills} kills`);
    }),

  network: () =>
    withRedis(async ({ port }) => {
      const bad = await badNetwork(port, random);
      const url = `redis://127.0.0.1:${bad.port}`;
      await Promise.all([0, 1, 2].map((index) => startWorker(url, String(index))));
      await finish([...GRID_LINE, '--queue', url, '--out', join(folder, 'network')]);
      await report('a network that is slow and cuts', 'network', `${bad.cuts()} connections cut`);
      await stopAll();
      bad.stop();
    }),
};

try {
  const started = performance.now();
  await finish([...GRID_LINE, '--out', join(folder, 'alone')]);
  expected = await outcome('alone');
  console.log(`one process: ${RUNS.length} runs, ${secondsSince(started).toFixed(1)} s`);
  for (const check of values.checks.split(',')) await CHECKS[check]();
} finally {
  await stopAll();
  await rm(folder, { recursive: true });
  for (const name of await readdir(tmpdir())) if (name.startsWith(`unmask-worker-${process.pid}-`)) await rm(join(tmpdir(), name), { recursive: true, force: true });
}
