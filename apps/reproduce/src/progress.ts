import type { GridHooks, RunSettings } from '@unmask/benchmark';
import { printable } from '@unmask/tensor-core';
import { Presets, SingleBar } from 'cli-progress';
import { note } from './note.js';

/** A name for a run in a progress bar: its task and method, and what else tells it from its neighbours. */
function label({ task, method, seed, learningRate }: RunSettings): string {
  return printable(`${task} ${method} lr ${learningRate} seed ${seed}`);
}

/**
 * Shows the progress of some work on standard error: a live bar in a terminal, a line every few seconds elsewhere; a word on
 * runs that do not simply run. However the work ends, nothing goes on showing.
 */
export async function withProgress<T>(work: (hooks: GridHooks) => Promise<T>): Promise<T> {
  const { stop, ...hooks } = gridHooks();
  try {
    return await work(hooks);
  } finally {
    stop();
  }
}

function gridHooks(): GridHooks & { readonly stop: () => void } {
  let bar: SingleBar | undefined;
  let phase = '';
  let place = '';
  let run: { settings: RunSettings; steps: number; budget: number | null } | undefined;
  /** The bar of a phase, begun when the phase is entered. */
  const enter = (name: string, total: number, columns: string) => {
    if (bar && phase === name) return bar;
    bar?.stop();
    phase = name;
    bar = new SingleBar(
      { format: `${place}${run ? label(run.settings) : ''} {bar} {value}/{total} ${columns} | ETA {eta_formatted}`, stream: process.stderr, hideCursor: true, noTTYOutput: true, notTTYSchedule: 5000, etaBuffer: 20 },
      Presets.shades_classic,
    );
    bar.start(total, 0, { loss: '-', unmasked: '0', speed: '-' });
    return bar;
  };
  const stop = () => {
    bar?.stop();
    bar = undefined;
  };
  /** A phase that counts examples. */
  const count = (name: string) => (done: number, total: number) => {
    enter(name, total, name).update(done);
    if (done === total) stop();
  };
  const say = (text: string) => {
    stop();
    note(text);
  };
  return {
    stop,
    onRun(_, settled, total) {
      place = total > 1 ? `${settled + 1}/${total} ` : '';
    },
    onDamaged: (settings, problem) => say(`the result of ${label(settings)} is damaged (${problem}): run again`),
    onFailure: (settings, error) => say(`${label(settings)} failed: ${error.message}`),
    onNote: say,
    onWait: (runs) => say(`waiting for ${runs} runs of other processes`),
    onStart(started) {
      run = started;
    },
    onEstimate: count('estimated'),
    onStep({ step, loss, unmasked, examplesPerSecond }) {
      if (!run) return;
      const entries = run.budget === null ? '' : ` | unmasked {unmasked}/${run.budget.toLocaleString('en')}`;
      enter('trained', run.steps, `| loss {loss}${entries} | {speed} ex/s`).update(step, {
        loss: loss.toFixed(4),
        unmasked: unmasked.toLocaleString('en'),
        speed: examplesPerSecond.toFixed(0),
      });
    },
    onEvaluate: count('evaluated'),
  };
}
