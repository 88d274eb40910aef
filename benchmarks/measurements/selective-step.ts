import { selective, uniform } from '@unmask/id3';
import { d3 } from '@unmask/importance';
import { adamw } from '@unmask/optimizers';
import { streamGradients, type GradientSink } from '@unmask/tensor-core';
import type { Figures, Workload } from '../benchmark.js';
import { classifier, timed } from './classifier.js';

/** A step of ID³, and in it the time of what ID³ adds: the sink during the backward pass, and `step()` after it. */
export async function run(workload: Workload): Promise<Figures> {
  const { pretrained: { model }, loss } = await classifier(workload);
  const steps = workload.warmUp + workload.steps;
  const training = selective(adamw({ weightDecay: 0 }), { metric: d3(), schedule: uniform({ budget: workload.budget, steps }) }).bind(model.parameters());
  const selecting: number[] = [];
  /** Adds the time of something that ID³ does to the step's. */
  const counted = <T>(body: () => T): T => {
    const started = performance.now();
    const result = body();
    selecting[selecting.length - 1] += (performance.now() - started) / 1000;
    return result;
  };
  const sink: GradientSink = Object.assign((...args: Parameters<GradientSink>) => counted(() => training.sink(...args)), { needs: training.sink.needs! });
  const seconds = timed(workload, () => {
    selecting.push(0);
    streamGradients(() => loss(model), sink).dispose();
    counted(() => training.step(1e-4));
  });
  const secondsSelecting = selecting.slice(workload.warmUp);
  const passes = seconds.map((time, step) => time - secondsSelecting[step]);
  return { seconds, secondsPasses: passes, secondsSelecting, selectingPerPass: secondsSelecting.map((time, step) => time / passes[step]) };
}
