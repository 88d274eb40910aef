/**
 * One training step (forward + backward) of a sequence classifier on each engine and in PyTorch, interleaved over
 * several rounds, each measurement in a process of its own. Prints medians, ranges, ratios and peak memory (README.md).
 *   npx tsx --conditions=@unmask/source benchmarks/training-step.ts MODEL_FOLDER [--python PYTHON] [--engines LIST]
 *     [--rounds 3] [--batch 32] [--length 64] [--threads CORES] [--timeout 900] [--json]
 * `--python` names an interpreter that has torch and transformers.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { backendNames } from '@unmask/tensor-core';
import { describeMachine, measurePython, measureWorker, median, positive, refuse, show, spread, table, type Outcome, type Spread } from './harness.js';

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

const rounds = positive('rounds', values.rounds);
const batch = positive('batch', values.batch);
const length = positive('length', values.length);
const limits = { threads: positive('threads', values.threads), timeout: positive('timeout', values.timeout) };
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

interface Steps {
  readonly seconds: number[];
  readonly peakMemoryMB: number;
}

/** One measurement in a fresh process. */
function measure(engine: string): Outcome<Steps> {
  const { warmUp, steps } = planOf(engine);
  const sizes = [resolve(folder), batch, length, warmUp, steps].map(String);
  return engine === 'pytorch'
    ? measurePython(values.python, 'training_step.py', [...sizes, String(limits.threads)], limits)
    : measureWorker('training-step-worker.ts', [engine, ...sizes], limits);
}

const machine = describeMachine();
/** Engine → what its measurements gave, by round. */
const outcomes = new Map<string, Outcome<Steps>[]>(engines.map((engine) => [engine, []]));
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

if (values.json) {
  console.log(JSON.stringify({ benchmark: 'training-step', model: folder, batch, length, rounds, threads: limits.threads, timeoutSeconds: limits.timeout, machine, engines: rows }, null, 2));
} else {
  console.log(`${machine.processor}, ${machine.cores} cores, ${limits.threads} threads, load ${machine.loadAverageBefore.toFixed(1)} before; batch ${batch} × ${length} tokens, ${rounds} rounds`);
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
