/**
 * Kills `unmask run` and `unmask train` in the midst of each thing that they do to files, and at random moments, gives the same
 * command again, and checks that it ends well, that what it leaves has the same bits as what a command left alone leaves, and
 * that nothing else is left.
 *   npx tsx --conditions=@unmask/source tools/acceptance/kills.ts [--commands run,train,overwrite]
 *     [--methods id3,lora,adalora,fft,pafi] [--every 1] [--random 5] [--steps 4] [--model FOLDER]
 * `overwrite` is a train that replaces a model of another method. Prints a line for each command and method, and one for each
 * kill after which something was wrong; exits with 1 then.
 */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '@unmask/tensor-core';

const { values } = parseArgs({
  options: {
    commands: { type: 'string', default: 'run,train,overwrite' },
    methods: { type: 'string', default: 'id3,lora,adalora,fft,pafi' },
    every: { type: 'string', default: '1' },
    random: { type: 'string', default: '5' },
    steps: { type: 'string', default: '4' },
    model: { type: 'string', default: 'packages/models/fixtures/tiny-bert' },
  },
});
const folder = await mkdtemp(join(tmpdir(), 'kills-'));
const rows = join(folder, 'rows.csv');
await writeFile(rows, ['text,label', ...Array.from({ length: 24 }, (_, row) => `the cat ${row},${row % 2 ? 'a' : 'b'}`)].join('\n'));
const random = new Random(1);

/** The arguments of a command that writes to `out`. */
function commandLine(command: string, method: string, out: string): string[] {
  const common = ['--model', values.model, '--max-length', '16', '--batch-size', '4', '--max-steps', values.steps, '--checkpoint-every', '2', '--evaluate-every', '2', '--backend', 'onnxruntime', '--out', out];
  if (command === 'run') return ['run', '--tasks', 'sst2', '--data', 'synthetic', '--methods', method, '--budget', '60', '--limit', '12', ...common];
  return ['train', '--data', rows, '--text', 'text', '--label', 'label', '--method', method, '--budget', '60', ...(command === 'overwrite' ? ['--overwrite'] : []), ...common];
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
  const env = { ...process.env, UNMASK_THREADS: '1', KILL_UNDER: out, ...(at ? { KILL_AT: String(at) } : {}), ...(counted ? { KILL_COUNT: counted } : {}) };
  const preload = resolve('tools/acceptance/kill-at.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', '--import', preload, '--conditions=@unmask/source', 'apps/reproduce/src/cli.ts', ...line], { stdio: ['ignore', 'ignore', 'pipe'], env });
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
    for (const method of values.methods.split(',')) {
      const [former, whole, out, counted] = ['former', 'whole', 'out', 'count'].map((name) => join(folder, name));
      for (const path of [former, whole, counted]) await rm(path, { recursive: true, force: true });
      /** What is there before the command. */
      const prepare = async (path: string) => {
        await rm(path, { recursive: true, force: true });
        if (command === 'overwrite') await cp(former, path, { recursive: true });
      };
      if (command === 'overwrite') await give(commandLine('train', method === 'bitfit' ? 'lora' : 'bitfit', former), former);
      await prepare(whole);
      const alone = await give(commandLine(command, method, whole), whole, { counted });
      if (alone.code !== 0) throw new Error(`${command} ${method} left alone ended with ${alone.code}: ${alone.errors}`);
      const expected = await contents(whole);
      const operations = Number(await readFile(counted, 'utf8'));
      const moments = [
        ...Array.from({ length: Math.ceil(operations / Number(values.every)) }, (_, index) => ({ at: 1 + index * Number(values.every) })),
        ...Array.from({ length: Number(values.random) }, () => ({ after: alone.milliseconds * (0.3 + 0.7 * random.uniform()) })),
      ];
      let wrong = 0;
      for (const moment of moments) {
        await prepare(out);
        const first = await give(commandLine(command, method, out), out, moment);
        if (first.killed) kills++;
        const second = first.killed ? await give(commandLine(command, method, out), out) : first;
        const problems = second.code === 0 ? differences(await contents(out), expected) : [`the same command ended with ${second.code}: ${second.errors.trim().split('\n').at(-1)}`];
        if (problems.length === 0) continue;
        wrong++;
        console.log(`  ${command} ${method} killed ${'at' in moment ? `at operation ${moment.at}` : `after ${Math.round(moment.after)} ms`}: ${problems.join('; ').slice(0, 400)}`);
      }
      console.log(`${command} ${method}: ${operations} operations, ${moments.length} kills, ${wrong === 0 ? 'bit-identical, nothing left over' : `${wrong} WRONG`}`);
      if (wrong > 0) process.exitCode = 1;
    }
  }
  console.log(`${kills} kills`);
} finally {
  await rm(folder, { recursive: true });
}
