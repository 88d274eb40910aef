/** How often each class was taken for which. */
export interface Confusion {
  readonly labels: readonly string[];
  /** By true class, then by answer. */
  readonly counts: readonly (readonly number[])[];
}

/** Counts the pairs of true class and answer. */
export function confusionOf(labels: readonly string[], answers: readonly number[], truths: readonly number[]): Confusion {
  const counts = labels.map(() => labels.map(() => 0));
  truths.forEach((truth, index) => counts[truth][answers[index]]++);
  return { labels, counts };
}
