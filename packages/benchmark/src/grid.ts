import { getTask } from '@unmask/tasks';
import { getMethod } from '@unmask/trainer';
import type { RunResult } from './result.js';
import { DEFAULT_SETTINGS, runName, type RunSettings } from './settings.js';

/** An experiment grid: every combination of its lists is a run. What it does not say is as {@link DEFAULT_SETTINGS} has it. */
export interface Grid extends Partial<Pick<RunSettings, keyof typeof DEFAULT_SETTINGS>>, Pick<RunSettings, 'model' | 'data'> {
  readonly tasks: readonly string[];
  readonly methods: readonly string[];
  /** Budgets of the methods that have one; the others run once. */
  readonly budgets?: readonly number[];
  /** Absent or empty: each method's own default. */
  readonly learningRates?: readonly number[];
  /** One, 1, by default. */
  readonly seeds?: readonly number[];
  /**
   * Whether all learning rates are tried with the first seed alone, and the other seeds with the rate that was best there, by
   * the figure that ranks; false by default: every rate with every seed.
   */
  readonly searchLearningRate?: boolean;
}

/** Runs that belong together: one, or a search for the learning rate with what follows from it. */
export interface Cell {
  /** What can run at once. */
  readonly first: readonly RunSettings[];
  /** What follows from the results of these; some may have failed. */
  rest(results: readonly RunResult[]): readonly RunSettings[];
}

/**
 * The cells of a grid, task by task.
 * @throws UnmaskError for an unknown task or method, before anything runs
 */
export function planGrid(grid: Grid): Cell[] {
  const { tasks, methods, budgets = [], learningRates = [], seeds = [1], searchLearningRate = false, ...common } = grid;
  return tasks.flatMap((task) =>
    methods.flatMap((name) => {
      const method = getMethod(name);
      const rates = learningRates.length > 0 ? learningRates : [method.learningRate];
      return (method.trains === 'budget' ? budgets : [null]).flatMap((budget): Cell[] => {
        const run = (learningRate: number, seed: number): RunSettings => ({ ...DEFAULT_SETTINGS, ...common, task: getTask(task).name, method: name, budget, learningRate, seed });
        const runs = (someRates: readonly number[], someSeeds: readonly number[]) => distinct(someRates.flatMap((rate) => someSeeds.map((seed) => run(rate, seed))));
        if (!searchLearningRate) return runs(rates, seeds).map((only) => ({ first: [only], rest: () => [] }));
        return [{ first: runs(rates, seeds.slice(0, 1)), rest: (results) => (results.length > 0 ? runs([best(results)], seeds.slice(1)) : []) }];
      });
    }),
  );
}

/** The runs of a grid that has no search, each once. @throws UnmaskError as {@link planGrid} */
export function expandGrid(grid: Grid): RunSettings[] {
  return distinct(planGrid(grid).flatMap(({ first }) => first));
}

/** Of equally good rates the one that was tried first. */
function best(results: readonly RunResult[]): number {
  return results.reduce((best, result) => (result.primaryValue > best.primaryValue ? result : best)).learningRate;
}

function distinct(runs: readonly RunSettings[]): RunSettings[] {
  return [...new Map(runs.map((run) => [runName(run), run])).values()];
}
