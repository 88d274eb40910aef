import { meanOf, ratio, ratioOf } from './metric.js';

/** Ids of the labels that one example has, each once. */
type LabelSet = ArrayLike<number>;

const common = (answer: LabelSet, truth: LabelSet): number => {
  const right = new Set(Array.from(truth));
  return Array.from(answer).filter((id) => right.has(id)).length;
};

/** Harmonic mean of precision and recall over the labels of all examples together, 0 … 1; 0 where there are none. */
export const microF1 = ratioOf<LabelSet>((answer, truth) => [2 * common(answer, truth), answer.length + truth.length]);

/** Mean over the labels, those that occur in either list, of the harmonic mean of a label's precision and recall, 0 … 1. */
export function macroF1OfSets(answers: ArrayLike<LabelSet>, truths: ArrayLike<LabelSet>): number {
  const counts = new Map<number, [right: number, counted: number]>();
  const count = (id: number, isRight: boolean) => {
    const [right, counted] = counts.get(id) ?? [0, 0];
    counts.set(id, [right + Number(isRight), counted + 1]);
  };
  for (let index = 0; index < truths.length; index++) {
    const [answer, truth] = [Array.from(answers[index]), Array.from(truths[index])];
    for (const id of answer) count(id, truth.includes(id));
    for (const id of truth) count(id, answer.includes(id));
  }
  const each = [...counts.values()].map(([right, counted]) => ratio([[right, counted]]));
  return each.length === 0 ? 0 : each.reduce((sum, value) => sum + value, 0) / each.length;
}

/** Share of examples of which all labels are right and none is missing. */
export const exactSets = meanOf<LabelSet>((answer, truth) => Number(answer.length === truth.length && common(answer, truth) === truth.length));
