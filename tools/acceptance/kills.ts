/**
 * Kills `unmask run` and `unmask train` in the midst of each thing that they do to files, and at random moments, gives the same
 * command again, and checks that it ends well, that what it leaves has the same bits as what a command left alone leaves, and
 * that nothing else is left.
 *   nice -n 19 npx tsx --conditions=@unmask/source tools/acceptance/kills.ts [--commands run,train,overwrite,grid]
 *     [--methods all] [--every 8] [--random 1] [--steps 4] [--model FOLDER]
 * `overwrite` is a train that replaces a model of another method, `grid` four runs in one folder. Of the operations on files
 * each method takes every eighth, beginning one further than the method before it, so that together they take all; `--every 1`
 * takes all of each. A random kill falls on the same command up to three times. Prints a line for each command and method, and
 * one for each kill after which something was wrong; exits with 1 then.
 */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '@unmask/tensor-core';
import { adapters, methods } from '@unmask/trainer';
import { bundled } from './bundled.js';

const { values } = parseArgs({
  options: {
    commands: { type: 'string', default: 'run,train,overwrite,grid' },
    methods: { type: 'string', default: [...methods, ...adapters].map(({ name }) => name).concat('id3+lora').join() },
    every: { type: 'string', default: '8' },
    random: { type: 'string', default: '1' },
    steps: { type: 'string', default: '4' },
    model: { type: 'string', default: 'packages/models/fixtures/tiny-bert' },
  },
});
const [every, atRandom] = [Number(values.every), Number(values.random)];
const folder = await mkdtemp(join(tmpdir(), 'kills-'));
const rows = join(folder, 'rows.csv');
await writeFile(rows, ['text,label', ...Array.from({ length: 24 }, (_, row) => `the cat ${row},${row % 2 ? 'a' : 'b'}`)].join('\n'));
const [app, preload] = await bundled(join(folder, 'app'), ['apps/reproduce/src/cli.ts', 'tools/acceptance/kill-at.ts']);
const random = new Random(1);

/** The arguments of a command that writes to `out`. */
function commandLine(command: string, method: string, out: string): string[] {
  const common = ['--model', values.model, '--max-length', '16', '--batch-size', '4', '--max-steps', values.steps, '--checkpoint-every', '2', '--evaluate-every', '2', '--backend', 'onnxruntime', '--out', out];
  const rowsOf = { run: ['run', '--tasks', 'sst2'], grid: ['run', '--tasks', 'sst2,cola', '--seed', '1,2'] }[command];
  if (rowsOf) return [...rowsOf, '--data', 'synthetic', '--methods', method, '--budget', '400', '--limit', '12', ...common];
  return ['train', '--data', rows, '--text', 'text', '--label', 'label', '--method', method, '--budget', '400', ...(command === 'overwrite' ? ['--overwrite'] : []), ...common];
}

interface Ending {
  readonly killed: boolean;
  readonly code: number | null;
  readonly milliseconds: number;
  readonly errors: string;
}

/** Gives a command, and kills it at an operation or after some time. */
function give(line: readonly string[], out: string, { at, after, counted }: { at?: number; after?: number; counted?: string } = {}): Promise<Ending> {
  const started = performance.now();
  const env = { ...process.env, UNMASK_THREADS: '1', KILL_UNDER: dirname(out), ...(at ? { KILL_AT: String(at) } : {}), ...(counted ? { KILL_COUNT: counted } : {}) };
  const child = spawn(process.execPath, ['--import', preload, app, ...line], { stdio: ['ignore', 'ignore', 'pipe'], env });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const timer = after === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), after);
  return new Promise((done) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      done({ killed: signal === 'SIGKILL', code, milliseconds: performance.now() - started, errors });
    });
  });
}

/** Fields of results and histories that differ from one time to the next. */
const VARYING = new Set(['secondsTraining', 'secondsEvaluating', 'examplesPerSecond', 'peakMemoryMB', 'finishedAt', 'seconds', 'gitHash']);

/** Every file under a folder with what it holds, without what may differ. */
async function contents(out: string): Promise<Map<string, string>> {
  const entries = await readdir(out, { recursive: true, withFileTypes: true });
  const files = new Map<string, string>();
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(out.length + 1);
    if (entry.isDirectory()) files.set(name, 'a folder');
    else if (name.endsWith('report.md')) files.set(name, 'with times');
    else if (/\.jsonl?$/.test(name)) files.set(name, (await readFile(path, 'utf8')).split('\n').map((line) => line.trim()).filter((line) => ![...VARYING].some((field) => line.startsWith(`"${field}"`))).map(withoutTimes).join('\n'));
    else files.set(name, (await readFile(path)).toString('base64'));
  }
  return new Map([...files].sort());
}

/** A line of JSON without times. */
const withoutTimes = (line: string) => line.replaceAll(/"seconds":[\d.e-]+/g, '');

/** What is wrong with one state of files, measured by another; empty when nothing is. */
function differences(is: Map<string, string>, expected: Map<string, string>): string[] {
  return [...new Set([...is.keys(), ...expected.keys()])].flatMap((name) => {
    if (!is.has(name)) return [`${name} is missing`];
    if (!expected.has(name)) return [`${name} is left over`];
    return is.get(name) === expected.get(name) ? [] : [`${name} differs`];
  });
}

let kills = 0;
try {
  for (const command of values.commands.split(',')) {
    for (const [turn, method] of values.methods.split(',').entries()) {
      // Each folder stands alone in another one, for what may be left beside it.
      const [former, whole, out] = ['former', 'whole', 'trial'].map((name) => join(folder, name, 'out'));
      const counted = join(folder, 'count');
      await rm(dirname(former), { recursive: true, force: true });
      /** What is there before the command. */
      const prepare = async (path: string) => {
        await rm(dirname(path), { recursive: true, force: true });
        await mkdir(dirname(path));
        if (command === 'overwrite') await cp(former, path, { recursive: true });
      };
      if (command === 'overwrite') await give(commandLine('train', method === 'bitfit' ? 'lora' : 'bitfit', former), former);
      await prepare(whole);
      const alone = await give(commandLine(command, method, whole), whole, { counted });
      if (alone.code !== 0) throw new Error(`${command} ${method} left alone ended with ${alone.code}: ${alone.errors}`);
      const expected = await contents(dirname(whole));
      const operations = Number(await readFile(counted, 'utf8'));
      /** Each a row of kills of one command. */
      const moments = [
        ...Array.from({ length: operations }, (_, index) => [{ at: 1 + index }]).filter((_, index) => index % every === turn % every),
        ...Array.from({ length: atRandom }, () => Array.from({ length: 3 }, () => ({ after: alone.milliseconds * (0.3 + 0.7 * random.uniform()) }))),
      ];
      const before = kills;
      let wrong = 0;
      for (const row of moments) {
        await prepare(out);
        let last: Ending | undefined;
        for (const moment of [...row, {}]) {
          last = await give(commandLine(command, method, out), out, moment);
          if (!last.killed) break;
          kills++;
        }
        const isDone = last!.code === 0 || last!.errors.includes('holds a trained model already'); // the kill came after all was there
        const problems = isDone ? differences(await contents(dirname(out)), expected) : [`the same command ended with ${last!.code}: ${last!.errors.trim().split('\n').at(-1)}`];
        if (problems.length === 0) continue;
        wrong++;
        console.log(`  ${command} ${method} killed ${JSON.stringify(row)}: ${problems.join('; ').slice(0, 400)}`);
      }
      console.log(`${command} ${method}: ${operations} operations, ${kills - before} kills, ${wrong === 0 ? 'bit-identical, nothing left over' : `${wrong} WRONG`}`);
      if (wrong > 0) process.exitCode = 1;
    }
  }
  console.log(`${kills} kills`);
} finally {
  await rm(folder, { recursive: true });
}
