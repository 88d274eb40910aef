/** How often each class was taken for which. */
export interface Confusion {
  readonly labels: readonly string[];
  /** Classes that only measured rows have, and no answer. */
  readonly unseen: readonly string[];
  /** By true class, the unseen ones last, then by answer. */
  readonly counts: readonly (readonly number[])[];
}

/** Counts the pairs of true class and answer. @param names of the classes by id, those of the answers first */
export function confusionOf(labels: readonly string[], names: readonly string[], answers: readonly number[], truths: readonly number[]): Confusion {
  const counts = names.map(() => labels.map(() => 0));
  truths.forEach((truth, index) => counts[truth][answers[index]]++);
  return { labels, unseen: names.slice(labels.length), counts };
}
