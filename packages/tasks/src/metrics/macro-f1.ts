import { ratio } from './metric.js';

/** Mean over the classes, those that occur in either list, of the harmonic mean of a class's precision and recall, 0 … 1. */
export function macroF1(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  const counts = new Map<number, { right: number; found: number; present: number }>();
  const of = (id: number) => {
    const known = counts.get(id) ?? { right: 0, found: 0, present: 0 };
    counts.set(id, known);
    return known;
  };
  for (let index = 0; index < labels.length; index++) {
    of(predictions[index]).found++;
    of(labels[index]).present++;
    if (predictions[index] === labels[index]) of(labels[index]).right++;
  }
  const classes = [...counts.values()];
  return classes.reduce((sum, { right, found, present }) => sum + ratio([[2 * right, found + present]]), 0) / classes.length;
}
