import type { Example } from '@unmask/tasks';

/** How often each class is a label. */
function countsOf(examples: readonly Example[], classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const { label } of examples) for (const id of [label].flat() as number[]) counts[id]++;
  return counts;
}

/** What each class counts so that all weigh alike: n / (classes · examples of the class), as scikit-learn's `balanced` has it; 1 for a class without any. */
export function classWeightsOf(examples: readonly Example[], classes: number): Float32Array {
  return Float32Array.from(countsOf(examples, classes), (count) => (count === 0 ? 1 : examples.length / (classes * count)));
}

/** What having each label counts beside not having it: the examples without it for each with it, PyTorch's `pos_weight`; 1 for a label that none or all have. */
export function positiveWeightsOf(examples: readonly Example[], labels: number): Float32Array {
  return Float32Array.from(countsOf(examples, labels), (count) => (count === 0 || count === examples.length ? 1 : (examples.length - count) / count));
}
