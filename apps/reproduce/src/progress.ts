import type { GridHooks, RunHooks, RunSettings } from '@unmask/benchmark';
import { printable } from '@unmask/tensor-core';
import { Bars } from './bars.js';
import { note } from './note.js';

/** A name for a run in a progress bar: its task and method, and what else tells it from its neighbours. */
function label({ task, method, seed, learningRate }: RunSettings): string {
  return printable(`${task} ${method} lr ${learningRate} seed ${seed}`);
}

/**
 * Shows the progress of one training on standard error: a live bar in a terminal, a line every few seconds elsewhere.
 * However the work ends, nothing goes on showing.
 */
export function withProgress<T>(work: (hooks: RunHooks) => Promise<T>): Promise<T> {
  return withBars((bars) => work(new RunProgress(bars).hooks()));
}

/** Shows the progress of a grid in the same way, a bar for all runs and one for each that is under way, and a word on runs that do not simply run. */
export function withGridProgress<T>(work: (hooks: GridHooks) => Promise<T>): Promise<T> {
  return withBars((bars) => {
    const say = sayer(bars);
    const runs = new Map<RunSettings, RunProgress>();
    const known = { settled: 0, begun: 0, total: 0 };
    /** Of a run that begins now, among all. */
    const place = () => {
      known.begun = Math.max(known.begun, known.settled) + 1;
      return known.total > 1 ? `${known.begun}/${known.total} ` : '';
    };
    return work({
      onRun(settings, settled, total) {
        Object.assign(known, { settled, total });
        if (total > 1) bars.of(runs, 'all runs', total).update(settled);
        const run = new RunProgress(bars, place);
        runs.set(settings, run);
        return run.hooks();
      },
      onEnd(settings) {
        runs.get(settings)?.end();
        runs.delete(settings);
      },
      onDamaged: (settings, problem) => say(`the result of ${label(settings)} is damaged (${problem}): run again`),
      onFailure: (settings, error) => say(`${label(settings)} failed: ${error.message}`),
      onWait: (runs) => say(`waiting for ${runs} runs of other processes`),
    });
  });
}

async function withBars<T>(work: (bars: Bars) => Promise<T>): Promise<T> {
  const bars = new Bars();
  try {
    return await work(bars);
  } finally {
    bars.stop();
  }
}

const sayer = (bars: Bars) => (text: string) => {
  bars.stop();
  note(text);
};

/** One training's bar, from phase to phase. */
class RunProgress {
  readonly #bars: Bars;
  readonly #place: () => string;
  #who = '';
  #name = '';
  #phase = '';
  #budget: number | null = null;
  #steps = 0;

  /** @param place says which run this is among others, in front of its name */
  constructor(bars: Bars, place = () => '') {
    this.#bars = bars;
    this.#place = place;
  }

  hooks(): RunHooks {
    return {
      onNote: sayer(this.#bars),
      onPlace: (name) => {
        this.#who = `${printable(name)}: `;
      },
      onStart: ({ settings, steps, budget }) => {
        this.#name ||= this.#place() + label(settings);
        [this.#steps, this.#budget] = [steps, budget];
      },
      onEstimate: (done, total) => this.#count('estimated', done, total),
      onStep: ({ step, loss, unmasked, examplesPerSecond }) => {
        const entries = this.#budget === null ? [] : [`unmasked ${unmasked.toLocaleString('en')}/${this.#budget.toLocaleString('en')}`];
        this.#bar('trained', this.#steps).update(step, { facts: [`loss ${loss.toFixed(4)}`, ...entries, `${examplesPerSecond.toFixed(0)} ex/s`] });
      },
      onPredict: (done, total) => this.#count('evaluated', done, total),
    };
  }

  end(): void {
    this.#bars.end(this);
  }

  /** The bar of a phase, begun when the phase is entered. */
  #bar(phase: string, total: number) {
    if (phase !== this.#phase) this.end();
    this.#phase = phase;
    return this.#bars.of(this, this.#who + this.#name, total);
  }

  /** A phase that counts examples. */
  #count(phase: string, done: number, total: number): void {
    this.#bar(phase, total).update(done, { facts: [phase] });
    if (done === total) this.end();
  }
}
