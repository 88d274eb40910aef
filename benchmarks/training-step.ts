/**
 * One training step (forward + backward) of a sequence classifier on each engine and in PyTorch, interleaved over
 * several rounds, each measurement in a process of its own. Prints medians, ranges, ratios to PyTorch and peak memory.
 *   npx tsx --conditions=@unmask/source benchmarks/training-step.ts MODEL_FOLDER [--python PYTHON] [--json]
 * `--python` names an interpreter that has torch and transformers; without it PyTorch is left out.
 */
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    batch: { type: 'string', default: '32' },
    length: { type: 'string', default: '64' },
    json: { type: 'boolean', default: false },
  },
});
const [folder] = positionals;
if (!folder) throw new Error('give the folder of a model');

interface Measurement {
  readonly engine: string;
  readonly seconds: number[];
  readonly peakMemoryMB: number;
}

/** Steps a round: slow engines get few. */
const STEPS: Record<string, number> = { onnxruntime: 5, wasm: 1, cpu: 1, pytorch: 5 };

function measure(engine: string): Measurement {
  const sizes = [folder, values.batch, values.length, String(STEPS[engine])];
  const output =
    engine === 'pytorch'
      ? execFileSync(values.python!, ['tools/reference/training_step.py', ...sizes], { encoding: 'utf8' })
      : execFileSync(process.execPath, ['--import', 'tsx', '--conditions=@unmask/source', 'benchmarks/training-step-worker.ts', engine, ...sizes], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return JSON.parse(output.trim().split('\n').at(-1)!) as Measurement;
}

const found = new Map<string, Measurement>();
for (let round = 0; round < Number(values.rounds); round++) {
  for (const engine of ['onnxruntime', ...(values.python ? ['pytorch'] : []), ...(round === 0 ? ['wasm', 'cpu'] : [])]) {
    const measurement = measure(engine);
    const earlier = found.get(engine);
    found.set(engine, {
      engine,
      seconds: [...(earlier?.seconds ?? []), ...measurement.seconds],
      peakMemoryMB: Math.max(earlier?.peakMemoryMB ?? 0, measurement.peakMemoryMB),
    });
  }
}

const median = (numbers: number[]) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const reference = found.get('pytorch');
const rows = [...found.values()].map(({ engine, seconds, peakMemoryMB }) => ({
  engine,
  medianSeconds: median(seconds),
  minimumSeconds: Math.min(...seconds),
  maximumSeconds: Math.max(...seconds),
  ratioToPytorch: reference ? median(seconds) / median(reference.seconds) : null,
  peakMemoryMB: Math.round(peakMemoryMB),
}));
if (values.json) console.log(JSON.stringify(rows, null, 2));
else console.table(rows);
