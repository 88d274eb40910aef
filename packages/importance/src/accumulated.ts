import { UnmaskError } from '@unmask/tensor-core';
import type { AccumulatedMetric, ImportanceMetric } from './metric.js';

/**
 * Another metric of the gradients' sum over all steps since the last choice, in the place of one step's gradient: what single
 * batches say by chance averages out (SpIEL grows by it: Ansell et al. 2024, arXiv 2401.16405). It costs a float an entry and all
 * gradients of every step. A training that is continued accumulates anew.
 */
export function accumulated(metric: ImportanceMetric): AccumulatedMetric {
  let sums = new Float32Array(0);
  return {
    name: `accumulated ${metric.name}`,
    uses: metric.uses,
    begin(size) {
      sums = new Float32Array(size);
    },
    accumulate(gradients, gradientOffset, count, address) {
      if (address + count > sums.length) throw new UnmaskError(`${metric.name} was begun with ${sums.length} entries and is given entry ${address + count - 1}: begin with the size of all entries`);
      for (let i = 0; i < count; i++) sums[address + i] += gradients[gradientOffset + i];
    },
    score: (weights, weightOffset, _gradients, _gradientOffset, count, out, address) => metric.score(weights, weightOffset, sums, address, count, out, address),
    restart() {
      sums.fill(0);
    },
  };
}
