/** Rounds in which the sides of a benchmark take turns, and what comes of them. */
import { availableParallelism, cpus, loadavg } from 'node:os';
import type { Benchmark, Workload } from './benchmark.js';
import { measure, type Outcome, type ProcessOptions } from './processes.js';
import { median, spread, type Spread } from './spread.js';

/** A side and what was found of it. */
export interface SideReport {
  readonly status: Outcome['status'];
  /** Why it was not measured. */
  readonly reason: string | null;
  /** Over all samples of all rounds. */
  readonly figures: Readonly<Record<string, Spread>>;
}

/** What `--json` prints. */
export interface Comparison {
  readonly benchmark: string;
  readonly workload: Workload;
  readonly rounds: number;
  readonly machine: ReturnType<typeof describeMachine>;
  readonly sides: Readonly<Record<string, SideReport>>;
  /**
   * The first side over each other one, figure by figure: of each round the ratio of medians, so that what slows the machine
   * for a while slows both.
   */
  readonly ratios: Readonly<Record<string, Readonly<Record<string, Spread>>>>;
}

/** Runs a benchmark; a line a measurement goes to standard error. @param sides names of those to measure */
export function compare(name: string, benchmark: Benchmark, workload: Workload, sides: readonly string[], rounds: number, options: ProcessOptions): Comparison {
  const machine = describeMachine();
  const outcomes = new Map<string, Outcome[]>(sides.map((side) => [side, []]));
  for (let round = 0; round < rounds; round++) {
    for (const side of sides) {
      const earlier = outcomes.get(side)!;
      // One that is missing or too slow will be so in the next round.
      if (earlier.some(({ status }) => status !== 'measured') || (round > 0 && benchmark.sides[side].once)) continue;
      const started = performance.now();
      const outcome = measure(benchmark.sides[side], workload, options);
      earlier.push(outcome);
      const found = outcome.status === 'measured' ? Object.entries(outcome.figures).map(([figure, samples]) => `${figure} ${median(samples).toPrecision(3)}`).join(', ') : `${outcome.status}: ${outcome.reason}`;
      console.error(`round ${round + 1}/${rounds} ${side}: ${found} (${((performance.now() - started) / 1000).toFixed(0)} s in all)`);
    }
  }
  const [first, ...others] = sides;
  return {
    benchmark: name,
    workload,
    rounds,
    machine,
    sides: Object.fromEntries(sides.map((side) => [side, reportOf(outcomes.get(side)!)])),
    ratios: Object.fromEntries(others.map((other) => [`${first} / ${other}`, ratiosOf(outcomes.get(first)!, outcomes.get(other)!)])),
  };
}

const figuresOf = (outcomes: readonly Outcome[]) => outcomes.flatMap((outcome) => (outcome.status === 'measured' ? [outcome.figures] : []));

function reportOf(outcomes: readonly Outcome[]): SideReport {
  const last = outcomes.at(-1)!;
  const found = figuresOf(outcomes);
  return {
    status: last.status,
    reason: last.status === 'measured' ? null : last.reason,
    figures: Object.fromEntries(Object.keys(found[0] ?? {}).map((figure) => [figure, spread(found.flatMap((figures) => figures[figure]))])),
  };
}

function ratiosOf(ours: readonly Outcome[], theirs: readonly Outcome[]): Record<string, Spread> {
  const [one, other] = [figuresOf(ours), figuresOf(theirs)];
  if (one.length === 0 || other.length === 0) return {};
  const common = Object.keys(one[0]).filter((figure) => figure in other[0]);
  const rounds = Math.min(one.length, other.length);
  return Object.fromEntries(common.map((figure) => [figure, spread(Array.from({ length: rounds }, (_, round) => median(one[round][figure]) / median(other[round][figure])))]));
}

/** The machine, and how busy it was at this moment. */
function describeMachine() {
  return { processor: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), platform: `${process.platform}-${process.arch}`, node: process.versions.node, loadAverageBefore: loadavg()[0] };
}
