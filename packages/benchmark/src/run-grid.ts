import { setTimeout as sleep } from 'node:timers/promises';
import { UnmaskError } from '@unmask/tensor-core';
import { runExperiment, type RunContext, type RunHooks } from './experiment.js';
import type { Cell } from './grid.js';
import type { RunResult } from './result.js';
import { runName, type RunSettings } from './settings.js';
import { RunStore } from './store/run-store.js';

/** Milliseconds between two looks at runs that other processes are working on. */
const PATIENCE = 1000;

/** What a grid tells of its progress, besides each run's own. */
export interface GridHooks extends RunHooks {
  /** Before each run: how many are settled, of how many that are known of so far. */
  onRun?(settings: RunSettings, settled: number, total: number): void;
  /** A result that is to be made again, and what is wrong with it. */
  onDamaged?(settings: RunSettings, problem: string): void;
  onFailure?(settings: RunSettings, error: Error): void;
  /** All that is left is being worked on by other processes. */
  onWait?(runs: number): void;
}

/** How a grid runs. */
export interface GridContext extends RunContext {
  readonly hooks?: GridHooks;
}

/** How the runs of a grid ended, in the grid's order. */
export interface GridOutcome {
  readonly results: readonly RunResult[];
  readonly failures: readonly { readonly settings: RunSettings; readonly error: Error }[];
  /** Results that were there before. */
  readonly finishedBefore: number;
}

/**
 * Carries out what is not finished yet of a grid. Finished runs are not repeated, damaged ones are; several processes may
 * work on the same grid, each on runs of its own. A run that fails is recorded, tried again next time, and the others go on.
 * @throws UnmaskError `interrupted` after the context's signal, when the running run's state is saved; and what an only run throws
 */
export async function runGrid(cells: readonly Cell[], context: GridContext): Promise<GridOutcome> {
  const work = new GridWork(cells, context);
  for (let busy = await work.pass(); busy > 0; busy = await work.pass()) {
    context.hooks?.onWait?.(busy);
    await sleep(PATIENCE, undefined, context.signal ? { signal: context.signal } : {}).catch(() => {
      throw new UnmaskError('ended while waiting for runs of other processes', { code: 'interrupted' });
    });
  }
  return work.outcome();
}

/** How a run ended. */
type Ending = { readonly result: RunResult } | { readonly error: Error };

/** A grid while it is being carried out. */
class GridWork {
  readonly #context: GridContext;
  readonly #hooks: GridHooks;
  readonly #store: RunStore;
  readonly #plans: { readonly cell: Cell; runs: readonly RunSettings[]; isWhole: boolean }[];
  readonly #ended = new Map<string, Ending>();
  #finishedBefore = 0;

  constructor(cells: readonly Cell[], context: GridContext) {
    this.#context = context;
    this.#hooks = context.hooks ?? {};
    this.#store = new RunStore(context.out);
    this.#plans = cells.map((cell) => ({ cell, runs: cell.first, isWhole: false }));
  }

  /** Makes all runs that can be made. @returns how many other processes are working on */
  async pass(): Promise<number> {
    let busy = 0;
    for (const plan of this.#plans) {
      busy += await this.#make(plan.runs);
      if (plan.isWhole || !plan.runs.every((run) => this.#endingOf(run))) continue;
      plan.isWhole = true;
      const rest = plan.cell.rest(plan.runs.flatMap((run) => this.#resultOf(run) ?? []));
      plan.runs = [...plan.runs, ...rest];
      busy += await this.#make(rest);
    }
    return busy;
  }

  outcome(): GridOutcome {
    const runs = this.#runs();
    return {
      results: runs.flatMap((run) => this.#resultOf(run) ?? []),
      finishedBefore: this.#finishedBefore,
      failures: runs.flatMap((settings) => {
        const ending = this.#endingOf(settings)!;
        return 'error' in ending ? { settings, error: ending.error } : [];
      }),
    };
  }

  /** All runs that are known of so far, each once. */
  #runs(): RunSettings[] {
    return [...new Map(this.#plans.flatMap(({ runs }) => runs.map((run) => [runName(run), run]))).values()];
  }

  #endingOf(run: RunSettings): Ending | undefined {
    return this.#ended.get(runName(run));
  }

  #resultOf(run: RunSettings): RunResult | undefined {
    const ending = this.#endingOf(run);
    return ending && 'result' in ending ? ending.result : undefined;
  }

  async #make(runs: readonly RunSettings[]): Promise<number> {
    let busy = 0;
    for (const settings of runs) {
      if (this.#endingOf(settings)) continue;
      const ending = (await this.#lookUp(settings)) ?? (await this.#makeAlone(settings));
      if (ending) this.#ended.set(runName(settings), ending);
      else busy++;
    }
    return busy;
  }

  async #lookUp(settings: RunSettings): Promise<Ending | undefined> {
    const status = await this.#store.status(settings);
    if (status.kind !== 'finished') return undefined;
    await this.#store.tidy(settings);
    this.#finishedBefore++;
    return status;
  }

  /** Makes a run, unless another process is working on it. */
  async #makeAlone(settings: RunSettings): Promise<Ending | undefined> {
    const lock = await this.#store.lock(settings);
    if (!lock) return undefined;
    try {
      const status = await this.#store.status(settings); // another process may have finished it meanwhile
      if (status.kind === 'finished') return status;
      if (status.kind === 'damaged') this.#hooks.onDamaged?.(settings, status.problem);
      this.#hooks.onRun?.(settings, this.#ended.size, this.#runs().length);
      const result = await runExperiment(settings, { ...this.#context, lock });
      await this.#store.clearFailure(settings);
      return { result };
    } catch (error) {
      if (!(await lock.isHeld())) return undefined; // another process goes on with it
      if (UnmaskError.isInstance(error) && error.code === 'interrupted') throw error;
      if (this.#runs().length === 1) throw error; // there is nothing to go on with
      await this.#store.recordFailure(settings, error as Error);
      this.#hooks.onFailure?.(settings, error as Error);
      return { error: error as Error };
    } finally {
      await lock.release();
    }
  }
}
