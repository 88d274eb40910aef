/**
 * A function of answers and truths, lists of one length (at least 1), to a number; higher is better.
 * @typeParam Answer what a model answers to one example
 * @typeParam Truth what is right for one example
 */
export interface Metric<Answer = number, Truth = Answer> {
  (answers: ArrayLike<Answer>, truths: ArrayLike<Truth>): number;
  /** The score of one example, for a metric that is the mean of these. */
  readonly score?: (answer: Answer, truth: Truth) => number;
  /** What one example adds above and below the line, for a metric that is a ratio of two sums. */
  readonly parts?: (answer: Answer, truth: Truth) => Parts;
}

/** Numerator and denominator. */
export type Parts = readonly [part: number, whole: number];

/** The metric that is the mean of a score of each example. */
export function meanOf<Answer, Truth = Answer>(score: (answer: Answer, truth: Truth) => number): Metric<Answer, Truth> {
  return Object.assign((answers: ArrayLike<Answer>, truths: ArrayLike<Truth>) => mean(Array.from(truths, (truth, index) => score(answers[index], truth))), { score });
}

/** The metric that is a ratio of two sums over the examples; 0 where there is nothing to divide by. */
export function ratioOf<Answer, Truth = Answer>(parts: (answer: Answer, truth: Truth) => Parts): Metric<Answer, Truth> {
  return Object.assign((answers: ArrayLike<Answer>, truths: ArrayLike<Truth>) => ratio(Array.from(truths, (truth, index) => parts(answers[index], truth))), { parts });
}

/** The ratio of the sums of numerators and denominators; 0 where there is nothing to divide by. */
export function ratio(all: readonly Parts[]): number {
  let [part, whole] = [0, 0];
  for (const each of all) {
    part += each[0];
    whole += each[1];
  }
  return whole === 0 ? 0 : part / whole;
}

/** Arithmetic mean; NaN of an empty list. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index];
  return sum / values.length;
}
