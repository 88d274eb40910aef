/** `npm run --silent benchmark -- NAME`: README.md beside this file. */
import { availableParallelism } from 'node:os';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Workload } from './benchmark.js';
import { compare, type Comparison } from './compare.js';
import { modelFolder, MODELS } from './models.js';
import { show } from './spread.js';
import { SUITE } from './suite.js';

const SIZES = ['batch', 'length', 'steps', 'budget'] as const;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string' },
    python: { type: 'string' },
    sides: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: String(availableParallelism()) },
    timeout: { type: 'string', default: '900' },
    json: { type: 'boolean', default: false },
    sweep: { type: 'string' },
    batch: { type: 'string' },
    length: { type: 'string' },
    steps: { type: 'string' },
    budget: { type: 'string' },
  },
});

const [name] = positionals;
const benchmark = SUITE[name] ?? refuse(`${name === undefined ? 'give a benchmark' : `no benchmark "${name}"`}; there are\n${Object.entries(SUITE).map(([each, { summary }]) => `  ${each.padEnd(16)} ${summary}`).join('\n')}`);
const sides = values.sides?.split(',') ?? Object.keys(benchmark.sides);
for (const side of sides) if (!(side in benchmark.sides)) refuse(`${name} has no side "${side}"; --sides takes ${Object.keys(benchmark.sides).join(', ')}`);
const folder = await modelFolder(values.model ?? benchmark.standard.model);
if (!existsSync(join(folder, 'config.json'))) refuse(`${folder} has no config.json: --model takes a model's folder, or ${MODELS.join(', ')}`);
const sizes = Object.fromEntries(SIZES.flatMap((size) => (values[size] === undefined ? [] : [[size, positive(size, values[size])]])));
const workload: Workload = { ...benchmark.standard, ...sizes, model: folder, threads: positive('threads', values.threads) };

const [rounds, limits] = [positive('rounds', values.rounds), { python: values.python, timeout: positive('timeout', values.timeout) }];
const comparisons = sweepOf(values.sweep).map((change) => compare(name, benchmark, { ...workload, ...change }, sides, rounds, limits));
if (values.json) console.log(JSON.stringify(values.sweep === undefined ? comparisons[0] : { benchmark: name, sweep: values.sweep, comparisons }, null, 2));
else console.log(comparisons.map(describe).join('\n'));
if (comparisons.some((comparison) => Object.values(comparison.sides).some(({ status }) => status === 'failed'))) process.exitCode = 1;

/** The workloads of a sweep, such as `length=16,64`; one without changes when there is none. */
function sweepOf(text: string | undefined): Partial<Workload>[] {
  if (text === undefined) return [{}];
  const [size, list = ''] = text.split('=');
  const known = SIZES.find((each) => each === size) ?? refuse(`--sweep takes one of ${SIZES.join(', ')} with its values, like length=16,64,128, not "${text}"`);
  return list.split(',').map((value) => ({ [known]: positive(`sweep ${known}`, value) }));
}

/** A comparison for people: a block a side, then one a ratio. */
function describe({ workload: { batch, length, budget, threads }, rounds, machine, sides: found, ratios }: Comparison): string {
  const figures = (entries: Comparison['sides'][string]['figures']) => Object.entries(entries).map(([figure, spread]) => `    ${figure.padEnd(18)} ${show(spread)}`);
  return [
    `${machine.processor}, ${threads} of ${machine.cores} cores, load ${machine.loadAverageBefore.toFixed(1)} before; batch ${batch} × ${length} tokens, budget ${budget}, ${rounds} rounds`,
    ...Object.entries(found).flatMap(([side, report]) => [`  ${side}${report.reason === null ? '' : `: ${report.status}: ${report.reason}`}`, ...figures(report.figures)]),
    ...Object.entries(ratios).flatMap(([pair, spreads]) => (Object.keys(spreads).length > 0 ? [`  ${pair}`, ...figures(spreads)] : [])),
  ].join('\n');
}

/** Ends the program with a message about its options. */
function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}

/** An option that must be a whole number from 1 up. */
function positive(option: string, text: string): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : refuse(`--${option} is a whole number from 1 up, not "${text}"`);
}
