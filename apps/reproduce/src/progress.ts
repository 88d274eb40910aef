import type { RunHooks, RunSettings } from '@unmask/benchmark';
import { Presets, SingleBar } from 'cli-progress';

/** A name for a run in a progress bar: its task and method, and what else tells it from its neighbours. */
function label({ task, method, seed, learningRate }: RunSettings): string {
  return `${task} ${method} lr ${learningRate} seed ${seed}`;
}

/** Progress on standard error: a live bar in a terminal, a line every few seconds elsewhere. */
export function progressHooks(): RunHooks {
  let bar: SingleBar | undefined;
  let budget: number | null = null;
  let title = '';
  const open = (total: number, format: string) => {
    bar?.stop();
    bar = new SingleBar(
      { format, stream: process.stderr, hideCursor: true, noTTYOutput: true, notTTYSchedule: 5000, etaBuffer: 20 },
      Presets.shades_classic,
    );
    bar.start(total, 0, { loss: '-', unmasked: '0', speed: '-' });
  };
  return {
    onStart(run) {
      budget = run.budget;
      title = label(run.settings);
      const entries = budget === null ? '' : ` | unmasked {unmasked}/${budget.toLocaleString('en')}`;
      open(run.steps, `${title} {bar} {value}/{total} | loss {loss}${entries} | {speed} ex/s | ETA {eta_formatted}`);
    },
    onStep({ step, loss, unmasked, examplesPerSecond }) {
      bar?.update(step, {
        loss: loss.toFixed(4),
        unmasked: unmasked.toLocaleString('en'),
        speed: examplesPerSecond.toFixed(0),
      });
    },
    onEvaluate(done, total) {
      if (bar?.getTotal() !== total || done < (bar as unknown as { value: number }).value) open(total, `${title} {bar} {value}/{total} evaluated | ETA {eta_formatted}`);
      bar?.update(done);
      if (done >= total) {
        bar?.stop();
        bar = undefined;
      }
    },
  };
}
