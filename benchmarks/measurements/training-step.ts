import { compile, hostValues, streamGradients, type GradientSink } from '@unmask/tensor-core';
import type { Figures, Workload } from '../benchmark.js';
import { billionOperations, classifier, timed } from './classifier.js';

/** Forward and backward, gradients dropped as they come. */
export async function run(workload: Workload): Promise<Figures> {
  const { pretrained: { model }, loss } = await classifier(workload);
  // A compiled step would leave out gradients that nobody reads.
  const sink: GradientSink = (_, { tensor }) => void (workload.compiled && hostValues(tensor));
  const step = () => {
    const value = streamGradients(() => loss(model), sink);
    value.dataSync(); // engines that compute in the background are done only now
    value.dispose();
  };
  const seconds = timed(workload, workload.compiled ? compile(step) : step);
  const operations = await billionOperations(workload);
  return { seconds, gigaflops: seconds.map((time) => operations / time) };
}
