/** `npm run --silent benchmark -- NAME`: README.md beside this file. */
import { availableParallelism } from 'node:os';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Argument, Command, InvalidArgumentError } from 'commander';
import type { Workload } from './benchmark.js';
import { compare, type Comparison } from './compare.js';
import { modelFolder, MODELS } from './models.js';
import { show } from './spread.js';
import { SUITE } from './suite.js';

const SIZES = ['batch', 'length', 'steps', 'budget'] as const;

interface Options extends Partial<Record<(typeof SIZES)[number], number>> {
  readonly model?: string;
  readonly sides?: readonly string[];
  readonly rounds: number;
  readonly threads: number;
  readonly timeout: number;
  readonly python?: string;
  readonly sweep?: readonly Partial<Workload>[];
  readonly json?: boolean;
}

const summaries = Object.entries(SUITE).map(([name, { summary }]) => `  ${name.padEnd(16)} ${summary}`);
const program = new Command('npm run --silent benchmark --')
  .description('Time and memory of Unmask beside other engines and PyTorch, on a machine that does nothing else.')
  .addArgument(new Argument('<name>', 'the benchmark').choices(Object.keys(SUITE)))
  .option('--model <model>', `a folder, ${MODELS.join(', ')}`)
  .option('--sides <names>', 'which are measured, in this order; the first is compared with the others (default: all)', (text) => text.split(','))
  .option('--python <path>', 'interpreter with torch, transformers, peft and selective-optimizers')
  .option('--batch <n>', 'sequences', positive)
  .option('--length <n>', 'tokens of each', positive)
  .option('--steps <n>', 'steps, batches or tokens that are timed', positive)
  .option('--budget <n>', 'entries that ID³ may unmask', positive)
  .option('--sweep <size=values>', 'one of the sizes, or the model, with several values: a comparison each', sweep)
  .option('--rounds <n>', 'turns of each side', positive, 3)
  .option('--threads <n>', 'threads of each side', positive, availableParallelism())
  .option('--timeout <seconds>', 'for one measurement', positive, 900)
  .option('--json', 'print one JSON object with every figure and ratio')
  .addHelpText('after', `
Benchmarks:
${summaries.join('\n')}

Examples:
  npm run --silent benchmark -- training-step --python .venv/bin/python
  npm run --silent benchmark -- selective-step --sweep model=minilm,bert-base --batch 8 --json`)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();

const [name] = program.processedArgs as [string];
const { sides: asked, sweep: changes, json, rounds, threads, timeout, python, ...given } = program.opts<Options>();
const benchmark = SUITE[name];
const sides = asked ?? Object.keys(benchmark.sides);
for (const side of sides) if (!(side in benchmark.sides)) program.error(`${name} has no side "${side}"; --sides takes ${Object.keys(benchmark.sides).join(', ')}`);

const workloads: Workload[] = [];
for (const change of changes ?? [{}]) {
  const { model, ...sizes } = { ...benchmark.standard, ...given, ...change };
  const folder = await modelFolder(model);
  if (!existsSync(join(folder, 'config.json'))) program.error(`${folder} has no config.json: give a model's folder, or ${MODELS.join(', ')}`);
  workloads.push({ ...sizes, model: folder, threads });
}
const comparisons = workloads.map((workload) => compare(name, benchmark, workload, sides, rounds, { python, timeout }));
if (json) console.log(JSON.stringify(changes ? { benchmark: name, comparisons } : comparisons[0], null, 2));
else console.log(comparisons.map(describe).join('\n'));
if (comparisons.some((comparison) => Object.values(comparison.sides).some(({ status }) => status === 'failed'))) process.exitCode = 1;

/** What changes from one comparison of a sweep, such as `length=16,64`, to the next. */
function sweep(text: string): Partial<Workload>[] {
  const [size, list = ''] = text.split('=');
  const values = list.split(',');
  if (size === 'model') return values.map((model) => ({ model }));
  const known = SIZES.find((each) => each === size);
  if (!known) throw new InvalidArgumentError(`give one of ${SIZES.join(', ')} or model with its values, like length=16,64,128`);
  return values.map((value) => ({ [known]: positive(value) }));
}

/** A whole number from 1 up. */
function positive(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('give a whole number from 1 up');
  return value;
}

/** A comparison for people: a block a side, then one a ratio. */
function describe({ workload: { model, batch, length, budget, threads }, rounds, machine, sides: found, ratios }: Comparison): string {
  const figures = (entries: Comparison['sides'][string]['figures']) => Object.entries(entries).map(([figure, spread]) => `    ${figure.padEnd(18)} ${show(spread)}`);
  return [
    `${machine.processor}, ${threads} of ${machine.cores} cores, load ${machine.loadAverageBefore.toFixed(1)} before; ${basename(model)}, batch ${batch} × ${length} tokens, budget ${budget}, ${rounds} rounds`,
    ...Object.entries(found).flatMap(([side, report]) => [`  ${side}${report.reason === null ? '' : `: ${report.status}: ${report.reason}`}`, ...figures(report.figures)]),
    ...Object.entries(ratios).flatMap(([pair, spreads]) => (Object.keys(spreads).length > 0 ? [`  ${pair}`, ...figures(spreads)] : [])),
  ].join('\n');
}
