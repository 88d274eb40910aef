import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnmaskError } from '@unmask/tensor-core';
import type { Executor } from './executors/executor.js';
import { inProcess } from './executors/in-process.js';
import type { RunContext, RunHooks } from './experiment.js';
import type { Cell } from './grid.js';
import type { RunResult } from './result.js';
import { runName, type RunSettings } from './settings.js';
import { RunStore } from './store/run-store.js';

/** Milliseconds between two looks at runs that other processes are working on. */
const PATIENCE = 1000;

/** What a grid tells of its progress. */
export interface GridHooks {
  /** Before each run: how many are settled, of how many that are known of so far. @returns what the run itself tells of its progress */
  onRun?(settings: RunSettings, settled: number, total: number): RunHooks | undefined;
  /** After each run, however it ended. */
  onEnd?(settings: RunSettings): void;
  /** A result that is to be made again, and what is wrong with it. */
  onDamaged?(settings: RunSettings, problem: string): void;
  onFailure?(settings: RunSettings, error: Error): void;
  /** All that is left is being worked on by other processes. */
  onWait?(runs: number): void;
}

/** How a grid runs. */
export interface GridContext extends Omit<RunContext, 'hooks' | 'lock'> {
  /** What carries out the runs; this process, one after the other, by default. */
  readonly executor?: Executor;
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
 * Carries out what is not finished yet of a grid, as many runs at a time as the executor takes. Finished runs are not
 * repeated, damaged ones are; several processes may work on the same grid, each on runs of its own. A run that fails is
 * recorded, tried again next time, and the others go on.
 * @throws UnmaskError `interrupted` after the context's signal, when the states of the running runs are saved; and what an only run throws
 */
export async function runGrid(cells: readonly Cell[], context: GridContext): Promise<GridOutcome> {
  const stop = new AbortController();
  const signal = context.signal ? AbortSignal.any([context.signal, stop.signal]) : stop.signal;
  setMaxListeners(0, signal); // each run in hand listens
  const work = new GridWork(cells, { ...context, signal });
  try {
    for (let busy = await work.pass(); busy > 0; busy = await work.pass()) {
      context.hooks?.onWait?.(busy);
      await sleep(PATIENCE, undefined, { signal }).catch(() => {
        throw new UnmaskError('ended while waiting for runs of other processes', { code: 'interrupted' });
      });
    }
  } catch (error) {
    stop.abort();
    await work.ended();
    throw error;
  }
  return work.outcome();
}

/** How a run ended. */
type Ending = { readonly result: RunResult } | { readonly error: Error };

/** A run by its name. */
interface Run {
  readonly name: string;
  readonly settings: RunSettings;
}

const named = (settings: RunSettings): Run => ({ name: runName(settings), settings });

/** A grid while it is being carried out. */
class GridWork {
  readonly #context: GridContext;
  readonly #executor: Executor;
  readonly #hooks: GridHooks;
  readonly #store: RunStore;
  readonly #plans: { readonly cell: Cell; runs: readonly Run[]; isWhole: boolean }[];
  readonly #ended = new Map<string, Ending>();
  readonly #inHand = new Map<string, Promise<void>>();
  /** Runs that other processes are working on, as of this pass. */
  readonly #elsewhere = new Set<string>();
  #finishedBefore = 0;

  constructor(cells: readonly Cell[], context: GridContext) {
    this.#context = context;
    this.#executor = context.executor ?? inProcess;
    this.#hooks = context.hooks ?? {};
    this.#store = new RunStore(context.out);
    this.#plans = cells.map((cell) => ({ cell, runs: cell.first.map(named), isWhole: false }));
  }

  /** Makes all runs that can be made. @returns how many other processes are working on */
  async pass(): Promise<number> {
    this.#elsewhere.clear();
    for (;;) {
      for (const run of this.#open()) {
        if (this.#inHand.size >= this.#executor.width) break;
        this.#inHand.set(run.name, this.#settle(run).finally(() => this.#inHand.delete(run.name)));
      }
      if (this.#inHand.size === 0) return this.#elsewhere.size;
      await Promise.race(this.#inHand.values());
    }
  }

  /** Waits for the runs in hand, however they end. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#inHand.values());
  }

  outcome(): GridOutcome {
    const runs = this.#runs();
    return {
      results: runs.flatMap((run) => this.#resultOf(run) ?? []),
      finishedBefore: this.#finishedBefore,
      failures: runs.flatMap(({ name, settings }) => {
        const ending = this.#ended.get(name)!;
        return 'error' in ending ? { settings, error: ending.error } : [];
      }),
    };
  }

  /** All runs that are known of so far, each once. */
  #runs(): Run[] {
    return [...new Map(this.#plans.flatMap(({ runs }) => runs.map((run) => [run.name, run]))).values()];
  }

  /** Runs that nobody is known to work on. */
  #open(): Run[] {
    for (const plan of this.#plans) {
      if (plan.isWhole || !plan.runs.every(({ name }) => this.#ended.has(name))) continue;
      plan.isWhole = true;
      plan.runs = [...plan.runs, ...plan.cell.rest(plan.runs.flatMap((run) => this.#resultOf(run) ?? [])).map(named)];
    }
    return this.#runs().filter(({ name }) => ![this.#ended, this.#inHand, this.#elsewhere].some((others) => others.has(name)));
  }

  #resultOf({ name }: Run): RunResult | undefined {
    const ending = this.#ended.get(name);
    return ending && 'result' in ending ? ending.result : undefined;
  }

  async #settle({ name, settings }: Run): Promise<void> {
    const ending = (await this.#lookUp(settings)) ?? (await this.#makeAlone(settings));
    if (ending) this.#ended.set(name, ending);
    else this.#elsewhere.add(name);
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
      const hooks = this.#hooks.onRun?.(settings, this.#ended.size, this.#runs().length) ?? {};
      const result = await this.#executor.carryOut(settings, { ...this.#context, hooks, lock });
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
      this.#hooks.onEnd?.(settings);
      await lock.release();
    }
  }
}
