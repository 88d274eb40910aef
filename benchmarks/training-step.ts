/**
 * One training step (forward + backward) of a sequence classifier on each engine and in PyTorch, interleaved over
 * several rounds, each measurement in a process of its own. Prints medians, ranges, ratios and peak memory (README.md).
 *   npx tsx --conditions=@unmask/source benchmarks/training-step.ts MODEL_FOLDER [--python PYTHON] [--engines LIST]
 *     [--rounds 3] [--batch 32] [--length 64] [--threads CORES] [--timeout 900] [--json]
 * `--python` names an interpreter that has torch and transformers.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { backendNames } from '@unmask/tensor-core';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: 'string' },
    engines: { type: 'string', default: 'onnxruntime,pytorch,tfjs-node,wasm,cpu' },
    rounds: { type: 'string', default: '3' },
    batch: { type: 'string', default: '32' },
    length: { type: 'string', default: '64' },
    threads: { type: 'string', default: String(availableParallelism()) },
    timeout: { type: 'string', default: '900' },
    json: { type: 'boolean', default: false },
  },
});

function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}
const positive = (name: 'rounds' | 'batch' | 'length' | 'threads' | 'timeout') => {
  const value = Number(values[name]);
  return Number.isSafeInteger(value) && value > 0 ? value : refuse(`--${name} is a whole number from 1 up, not "${values[name]}"`);
};
const [rounds, batch, length, threads, timeout] = [positive('rounds'), positive('batch'), positive('length'), positive('threads'), positive('timeout')];
const engines = [...new Set(values.engines.split(',').map((name) => name.trim()))];
const known = ['pytorch', ...backendNames];
for (const engine of engines) if (!known.includes(engine)) refuse(`unknown engine "${engine}"; --engines takes ${known.join(', ')}`);
const folder = positionals[0] ?? refuse('give the folder of a model');
if (!existsSync(join(folder, 'config.json'))) refuse(`${folder} has no config.json: is it a model folder?`);

/** How much of an engine a round measures. */
interface Plan {
  readonly warmUp: number;
  readonly steps: number;
  /** The slowest are measured in the first round alone. */
  readonly everyRound: boolean;
}
const FAST: Plan = { warmUp: 1, steps: 5, everyRound: true };
const SLOW: Readonly<Record<string, Plan>> = {
  wasm: { warmUp: 1, steps: 1, everyRound: true },
  cpu: { warmUp: 0, steps: 1, everyRound: false },
};
const planOf = (engine: string) => SLOW[engine] ?? FAST;

type Outcome =
  | { readonly status: 'measured'; readonly seconds: number[]; readonly peakMemoryMB: number }
  | { readonly status: 'missing' | 'timed out' | 'failed'; readonly reason: string };

const ROOT = resolve(import.meta.dirname, '..');

/** One measurement in a fresh process. */
function measure(engine: string): Outcome {
  const { warmUp, steps } = planOf(engine);
  const sizes = [resolve(folder), batch, length, warmUp, steps].map(String);
  let command = process.execPath;
  let args = ['--import', 'tsx', '--conditions=@unmask/source', join(ROOT, 'benchmarks/training-step-worker.ts'), engine, ...sizes];
  if (engine === 'pytorch') {
    if (values.python === undefined) return { status: 'missing', reason: 'no --python was given' };
    command = /[\\/]/.test(values.python) ? resolve(values.python) : values.python;
    args = [join(ROOT, 'tools/reference/training_step.py'), ...sizes, String(threads)];
  }
  const child = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, UNMASK_THREADS: String(threads) },
    timeout: timeout * 1000,
    killSignal: 'SIGKILL',
    maxBuffer: 2 ** 26,
  });
  if ((child.error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT') return { status: 'timed out', reason: `not done after ${timeout} s` };
  if (child.error) return { status: 'failed', reason: child.error.message };
  if (child.status !== 0) {
    const lines = child.stderr.trim().split('\n');
    const line = lines.findLast((text) => /^\w*Error\b/.test(text)) ?? lines.at(-1)!;
    const missing = engine === 'pytorch' && line.startsWith('ModuleNotFoundError');
    return { status: missing ? 'missing' : 'failed', reason: line || `ended with ${child.signal ?? child.status}` };
  }
  const answer = JSON.parse(child.stdout.trim().split('\n').at(-1)!) as { missing: string } | { seconds: number[]; peakMemoryMB: number };
  return 'missing' in answer ? { status: 'missing', reason: answer.missing } : { status: 'measured', ...answer };
}

const median = (numbers: readonly number[]) => {
  const sorted = numbers.toSorted((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
};
interface Spread {
  readonly median: number;
  readonly minimum: number;
  readonly maximum: number;
}
const spread = (numbers: readonly number[]): Spread | null =>
  numbers.length === 0 ? null : { median: median(numbers), minimum: Math.min(...numbers), maximum: Math.max(...numbers) };

const loadAverageBefore = loadavg()[0];
/** Engine → what its measurements gave, by round. */
const outcomes = new Map<string, Outcome[]>(engines.map((engine) => [engine, []]));
for (let round = 0; round < rounds; round++) {
  for (const engine of engines) {
    const earlier = outcomes.get(engine)!;
    // An engine that is missing or too slow will be so in the next round.
    if (earlier.some(({ status }) => status !== 'measured') || (round > 0 && !planOf(engine).everyRound)) continue;
    const started = performance.now();
    const outcome = measure(engine);
    earlier[round] = outcome;
    const found = outcome.status === 'measured' ? `median ${median(outcome.seconds).toFixed(3)} s a step` : `${outcome.status}: ${outcome.reason}`;
    console.error(`round ${round + 1}/${rounds} ${engine}: ${found} (${((performance.now() - started) / 1000).toFixed(0)} s in all)`);
  }
}

const measured = (engine: string) => (outcomes.get(engine) ?? []).map((outcome) => (outcome.status === 'measured' ? outcome : undefined));

/** An engine's time over another's, round by round, so that what slows the machine for a while slows both. */
function relative(engine: string, reference: string): Spread | null {
  const others = measured(reference);
  const ratios = measured(engine).flatMap((one, round) => (one && others[round] ? [median(one.seconds) / median(others[round].seconds)] : []));
  return spread(ratios);
}

const rows = engines.map((engine) => {
  const last = outcomes.get(engine)!.at(-1)!;
  const found = measured(engine).filter((one) => one !== undefined);
  return {
    engine,
    status: last.status,
    reason: last.status === 'measured' ? null : last.reason,
    ...planOf(engine),
    seconds: spread(found.flatMap(({ seconds }) => seconds)),
    secondsByRound: measured(engine).map((one) => one?.seconds ?? null),
    relativeToPytorch: relative(engine, 'pytorch'),
    relativeToWasm: relative(engine, 'wasm'),
    peakMemoryMB: found.length === 0 ? null : Math.round(Math.max(...found.map(({ peakMemoryMB }) => peakMemoryMB))),
  };
});

/** Lines up columns, the first to the left and all others but the last to the right. */
function table(lines: readonly (readonly string[])[]): string {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines.map((line) => line.map((cell, column) => (column === 0 || column === line.length - 1 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ').trimEnd()).join('\n');
}
const show = (value: Spread | null, digits: number) =>
  value ? `${value.median.toFixed(digits)} (${value.minimum.toFixed(digits)} to ${value.maximum.toFixed(digits)})` : '-';

const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), platform: `${process.platform}-${process.arch}`, node: process.versions.node, loadAverageBefore };
if (values.json) {
  console.log(JSON.stringify({ benchmark: 'training-step', model: folder, batch, length, rounds, threads, timeoutSeconds: timeout, machine, engines: rows }, null, 2));
} else {
  console.log(`${machine.processor}, ${machine.cores} cores, ${threads} threads, load ${loadAverageBefore.toFixed(1)} before; batch ${batch} × ${length} tokens, ${rounds} rounds`);
  console.log(
    table([
      ['engine', 'seconds a step', 'time / pytorch', 'time / wasm', 'peak MB', ''],
      ...rows.map((row) => [
        row.engine,
        show(row.seconds, 3),
        show(row.relativeToPytorch, 2),
        show(row.relativeToWasm, 3),
        String(row.peakMemoryMB ?? '-'),
        row.status === 'measured' ? '' : `${row.status}: ${row.reason}`,
      ]),
    ]),
  );
}
if (rows.some(({ status }) => status === 'failed')) process.exitCode = 1;
