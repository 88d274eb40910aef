/** Share of equal entries, 0 … 1. */
export function accuracy(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  let equal = 0;
  for (let index = 0; index < labels.length; index++) if (predictions[index] === labels[index]) equal++;
  return equal / labels.length;
}
