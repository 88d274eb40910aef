import { DEFAULT_SETTINGS, type StoredRun } from '@unmask/benchmark';
import type { DataOrigin, Score } from '@unmask/trainer';
import { rowLabel } from './labels.js';
import { groupBy, mean } from './statistics.js';

/** Runs that differ in their seeds alone. */
export interface RateRuns {
  readonly learningRate: number;
  /** By seed, ascending. */
  readonly runs: readonly StoredRun[];
  /** Mean over seeds of {@link rankingValue}. */
  readonly mean: number;
}

/** The runs of a row on one task with one number of training rows. */
export interface JobRuns {
  readonly task: string;
  readonly trainExamples: number;
  /** Ascending. */
  readonly rates: readonly RateRuns[];
  /** The best of those that were run with the most seeds. */
  readonly chosen: RateRuns;
}

/** The runs of a method with a budget. */
export interface RowRuns {
  readonly label: string;
  readonly method: string;
  readonly budget: number | null;
  readonly variant: Readonly<Record<string, unknown>>;
  readonly jobs: readonly JobRuns[];
}

/** The runs of a model on one kind of data. */
export interface PanelRuns {
  readonly model: string;
  readonly dataOrigin: DataOrigin;
  readonly rows: readonly RowRuns[];
}

/** The scores that decide: of each task measured that of its first split. */
export const rankingScores = ({ result: { scores } }: StoredRun): readonly Score[] => [...groupBy(scores, ({ task }) => task).values()].map(([first]) => first);

/** What learning rates are compared by. */
const rankingValue = (run: StoredRun) => mean(rankingScores(run).map(({ primaryValue }) => primaryValue));

/** Settings by which runs of one method, budget and task may differ. Sizes of the data are columns, not variants. */
const VARYING = Object.keys(DEFAULT_SETTINGS).filter((name) => name !== 'limit') as (keyof typeof DEFAULT_SETTINGS)[];

/** Runs by model, data, method and budget; and those left out because a later run differs from them in nothing but its data folder. */
export function groupRuns(runs: readonly StoredRun[]): { panels: PanelRuns[]; repeated: StoredRun[] } {
  const repeated: StoredRun[] = [];
  const panels = [...groupBy(runs, ({ result: { model, dataOrigin } }) => JSON.stringify([model, dataOrigin])).values()].map((inPanel) => {
    const { model, dataOrigin } = inPanel[0].result;
    const rows = [...groupBy(inPanel, ({ result: { method, budget } }) => JSON.stringify([method, budget])).values()].flatMap((alike) => variantsOf(alike, repeated));
    return { model, dataOrigin, rows };
  });
  return { panels, repeated };
}

/** Rows of one method and budget: those nearest to the defaults first. */
function variantsOf(alike: readonly StoredRun[], repeated: StoredRun[]): RowRuns[] {
  const names = distinguishing(alike);
  const variants = [...groupBy(alike, ({ result }) => JSON.stringify(names.map((name) => result[name]))).values()].map((runs) => {
    const { result } = runs[0];
    return { runs, variant: Object.fromEntries(names.map((name) => [name, result[name]])), unusual: names.filter((name) => result[name] !== DEFAULT_SETTINGS[name]).length };
  });
  variants.sort((left, right) => left.unusual - right.unusual);
  const { method, budget } = alike[0].result;
  return variants.map(({ runs, variant }, index) => ({
    label: rowLabel(method, budget, variants.length > 1 ? index + 1 : undefined),
    method,
    budget,
    variant,
    jobs: jobsOf(runs, repeated),
  }));
}

const jobKey = ({ result: { task, trainExamples, evaluationExamples } }: StoredRun) => JSON.stringify([task, trainExamples, evaluationExamples]);

/** The settings that differ between runs of the same task: differences between tasks are no variants. */
function distinguishing(runs: readonly StoredRun[]): (keyof typeof DEFAULT_SETTINGS)[] {
  const byTask = [...groupBy(runs, jobKey).values()];
  return VARYING.filter((name) => byTask.some((ofTask) => new Set(ofTask.map(({ result }) => JSON.stringify(result[name]))).size > 1));
}

function jobsOf(runs: readonly StoredRun[], repeated: StoredRun[]): JobRuns[] {
  return [...groupBy(runs, jobKey).values()].map((ofJob) => {
    const rates = [...groupBy(ofJob, ({ result }) => result.learningRate)].map(([learningRate, ofRate]): RateRuns => {
      const kept = [...groupBy(ofRate, ({ result }) => result.seed).values()].map((same) => {
        const [latest, ...earlier] = [...same].sort((left, right) => (left.result.finishedAt < right.result.finishedAt ? 1 : -1));
        repeated.push(...earlier);
        return latest;
      });
      kept.sort((left, right) => left.result.seed - right.result.seed);
      return { learningRate, runs: kept, mean: mean(kept.map(rankingValue)) };
    });
    rates.sort((left, right) => left.learningRate - right.learningRate);
    const mostSeeds = Math.max(...rates.map((rate) => rate.runs.length));
    const chosen = rates.filter((rate) => rate.runs.length === mostSeeds).reduce((best, rate) => (rate.mean > best.mean ? rate : best));
    const { task, trainExamples } = ofJob[0].result;
    return { task, trainExamples, rates, chosen };
  });
}
