import { getTask } from '@unmask/tasks';
import { getMethod } from './methods.js';
import { runName, type RunSettings } from './result.js';

/** An experiment grid: every combination of its lists is a run. */
export interface Grid extends Omit<RunSettings, 'task' | 'method' | 'budget' | 'learningRate' | 'seed'> {
  readonly tasks: readonly string[];
  readonly methods: readonly string[];
  /** Budgets of the methods that have one; the others run once. */
  readonly budgets: readonly number[];
  /** Empty: each method's own default. */
  readonly learningRates: readonly number[];
  readonly seeds: readonly number[];
}

/**
 * The runs of a grid, task by task, each once.
 * @throws UnmaskError for an unknown task or method, before anything runs
 */
export function expandGrid(grid: Grid): RunSettings[] {
  const { tasks, methods, budgets, learningRates, seeds, ...common } = grid;
  const runs = tasks.flatMap((task) =>
    methods.flatMap((name) => {
      const method = getMethod(name);
      return (method.trains === 'budget' ? budgets : [null]).flatMap((budget) =>
        (learningRates.length > 0 ? learningRates : [method.learningRate]).flatMap((learningRate) =>
          seeds.map((seed) => ({ ...common, task: getTask(task).name, method: name, budget, learningRate, seed })),
        ),
      );
    }),
  );
  return [...new Map(runs.map((run) => [runName(run), run])).values()];
}
