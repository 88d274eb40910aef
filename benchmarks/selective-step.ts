/**
 * One ID³ step (forward, backward, scores, selection, update) here and with the official toolkit on PyTorch, interleaved
 * over several rounds, each measurement in a process of its own (README.md).
 *   npx tsx --conditions=@unmask/source benchmarks/selective-step.ts MODEL_FOLDER [--python PYTHON]
 *     [--rounds 3] [--batch 32] [--length 64] [--steps 6] [--budget 40000] [--threads CORES] [--timeout 900] [--json]
 */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine, measurePython, measureWorker, median, positive, refuse, show, spread, table, type Outcome } from './harness.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    batch: { type: 'string', default: '32' },
    length: { type: 'string', default: '64' },
    steps: { type: 'string', default: '6' },
    budget: { type: 'string', default: '40000' },
    threads: { type: 'string', default: String(availableParallelism()) },
    timeout: { type: 'string', default: '900' },
    json: { type: 'boolean', default: false },
  },
});
const folder = resolve(positionals[0] ?? refuse('give the folder of a model'));
const rounds = positive('rounds', values.rounds);
const sizes = (['batch', 'length', 'steps', 'budget'] as const).map((name) => String(positive(name, values[name])));
const limits = { threads: positive('threads', values.threads), timeout: positive('timeout', values.timeout) };

/** What one process found, seconds a step. */
interface Steps {
  readonly passes: number[];
  readonly selections: number[];
  readonly peakMemoryMB: number;
  readonly parameters: number;
}
const machine = describeMachine();
const sides = {
  unmask: () => measureWorker<Steps>('selective-step-worker.ts', [folder, ...sizes], limits),
  toolkit: () => measurePython<Steps>(values.python, 'selective_step.py', [folder, ...sizes, String(limits.threads)], limits),
};
type Side = keyof typeof sides;
const outcomes: Record<Side, Outcome<Steps>[]> = { unmask: [], toolkit: [] };
for (let round = 1; round <= rounds; round++) {
  for (const side of Object.keys(sides) as Side[]) {
    if (outcomes[side].some(({ status }) => status !== 'measured')) continue;
    const outcome = sides[side]();
    outcomes[side].push(outcome);
    console.error(`round ${round}/${rounds} ${side}: ${outcome.status === 'measured' ? `${median(outcome.passes).toFixed(3)} s + ${median(outcome.selections).toFixed(3)} s` : outcome.reason}`);
  }
}

const measured = (side: Side) => outcomes[side].flatMap((outcome) => (outcome.status === 'measured' ? [outcome] : []));
/** Ratios of medians, round by round, so that what slows the machine for a while slows both. */
const ratio = (of: (steps: Steps) => number) => spread(measured('unmask').flatMap((ours, round) => {
  const theirs = measured('toolkit').at(round);
  return theirs ? [of(ours) / of(theirs)] : [];
}));
const rows = (Object.keys(sides) as Side[]).map((side) => {
  const found = measured(side);
  const last = outcomes[side].at(-1)!;
  return {
    side,
    reason: last.status === 'measured' ? null : `${last.status}: ${last.reason}`,
    passSeconds: spread(found.flatMap(({ passes }) => passes)),
    selectionSeconds: spread(found.flatMap(({ selections }) => selections)),
    selectionShare: spread(found.map(({ passes, selections }) => median(selections) / median(passes))),
    peakMemoryMB: spread(found.map(({ peakMemoryMB }) => Math.round(peakMemoryMB))),
  };
});
const ratios = {
  selection: ratio(({ selections }) => median(selections)),
  step: ratio(({ passes, selections }) => median(passes) + median(selections)),
  peakMemory: ratio(({ peakMemoryMB }) => peakMemoryMB),
};
const [batch, length, steps, budget] = sizes.map(Number);
const settings = { batch, length, steps, budget, rounds, threads: limits.threads, parameters: measured('unmask').at(0)?.parameters ?? null };
if (values.json) {
  console.log(JSON.stringify({ benchmark: 'selective-step', ...settings, machine, sides: rows, ratios }, null, 2));
} else {
  console.log(`${machine.processor}, ${limits.threads} threads, load ${machine.loadAverageBefore.toFixed(1)} before; ${((settings.parameters ?? 0) / 1e6).toFixed(1)}M parameters, budget ${budget}, batch ${batch} × ${length}`);
  console.log(table([
    ['', 'forward + backward, s', 'selection + update, s', 'share', 'peak MB', ''],
    ...rows.map((row) => [row.side, show(row.passSeconds, 3), show(row.selectionSeconds, 3), show(row.selectionShare, 3), show(row.peakMemoryMB, 0), row.reason ?? '']),
    ['unmask / toolkit', `step ${show(ratios.step, 2)}`, show(ratios.selection, 3), '', show(ratios.peakMemory, 2), ''],
  ]));
}
if (rows.some(({ reason }) => reason?.startsWith('failed'))) process.exitCode = 1;
