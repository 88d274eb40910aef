import { tf } from '@unmask/tensor-core';
import type { Figures, Workload } from '../benchmark.js';
import { classifier, timed } from './classifier.js';

/** A classifier's answers to a batch, without gradients. */
export async function run(workload: Workload): Promise<Figures> {
  const { pretrained: { model }, inputs } = await classifier(workload);
  const seconds = timed(workload, () => tf.tidy(() => void model.forward(inputs).dataSync()));
  return { seconds, tokensPerSecond: seconds.map((time) => (workload.batch * workload.length) / time) };
}
