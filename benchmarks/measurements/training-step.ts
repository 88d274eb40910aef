import { streamGradients } from '@unmask/tensor-core';
import type { Figures, Workload } from '../benchmark.js';
import { billionOperations, classifier, timed } from './classifier.js';

/** Forward and backward, gradients dropped as they come. */
export async function run(workload: Workload): Promise<Figures> {
  const { pretrained: { model }, loss } = await classifier(workload);
  const seconds = timed(workload, () => {
    const value = streamGradients(() => loss(model), () => undefined);
    value.dataSync(); // engines that compute in the background are done only now
    value.dispose();
  });
  const operations = await billionOperations(workload);
  return { seconds, gigaflops: seconds.map((time) => operations / time) };
}
