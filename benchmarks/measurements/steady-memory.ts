import { selective, uniform } from '@unmask/id3';
import { d3 } from '@unmask/importance';
import { adamw } from '@unmask/optimizers';
import { streamGradients, tf } from '@unmask/tensor-core';
import type { Figures, Workload } from '../benchmark.js';
import { classifier } from './classifier.js';

/** How often memory is looked at in the second half of the steps, when all is compiled and pooled. */
const LOOKS = 20;

/** Memory over many steps of ID³: what the second half of them adds. */
export async function run(workload: Workload): Promise<Figures> {
  const { pretrained: { model }, loss } = await classifier(workload);
  const { steps, budget } = workload;
  const training = selective(adamw({ weightDecay: 0 }), { metric: d3(), schedule: uniform({ budget, steps }) }).bind(model.parameters());
  const [residentMB, tensors]: [number[], number[]] = [[], []];
  for (let step = 1; step <= steps; step++) {
    streamGradients(() => loss(model), training.sink).dispose();
    training.step(1e-4);
    if (step < steps / 2 || step % Math.ceil(steps / 2 / LOOKS) !== 0) continue;
    residentMB.push(process.memoryUsage.rss() / 2 ** 20);
    tensors.push(tf.memory().numTensors);
  }
  const growth = (samples: readonly number[]) => [samples.at(-1)! - samples[0]];
  return { residentMB, growthMB: growth(residentMB), tensors, growthTensors: growth(tensors) };
}
