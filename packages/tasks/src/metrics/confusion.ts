/** Counts of a two-class problem in which class 1 is the positive one and any other id is negative. */
export interface Confusion {
  truePositives: number;
  falsePositives: number;
  falseNegatives: number;
  trueNegatives: number;
}

/** Counts each pair of prediction and label. */
export function confusion(predictions: ArrayLike<number>, labels: ArrayLike<number>): Confusion {
  const counts = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 };
  for (let index = 0; index < labels.length; index++) {
    if (labels[index] === 1) counts[predictions[index] === 1 ? 'truePositives' : 'falseNegatives']++;
    else counts[predictions[index] === 1 ? 'falsePositives' : 'trueNegatives']++;
  }
  return counts;
}
