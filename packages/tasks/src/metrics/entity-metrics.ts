import { entitiesOf, type Entity } from './entities.js';
import { type Metric, ratioOf } from './metric.js';

/** Class ids of the words of a sentence. */
type Tags = ArrayLike<number>;

/**
 * Precision, recall and their harmonic mean F1 of whole entities over all sentences, 0 … 1, as seqeval's micro average: an
 * entity is right when its type and both its ends are. 0 where there is nothing to divide by.
 * @param labels IOB2 tags by class id; other ids are outside of entities
 */
export function entityMetrics(labels: readonly string[]): { precision: Metric<Tags>; recall: Metric<Tags>; f1: Metric<Tags> } {
  /** Entities of a sentence: in both lists of tags, in the answer, in truth. */
  const count = (answer: Tags, truth: Tags) => {
    const [found, present] = [answer, truth].map((ids) => entitiesOf(Array.from(ids, (id) => labels[id] ?? 'O')));
    const keys = new Set(present.map(keyOf));
    return { right: found.filter((entity) => keys.has(keyOf(entity))).length, found: found.length, present: present.length };
  };
  return {
    precision: ratioOf((answer, truth) => {
      const { right, found } = count(answer, truth);
      return [right, found];
    }),
    recall: ratioOf((answer, truth) => {
      const { right, present } = count(answer, truth);
      return [right, present];
    }),
    f1: ratioOf((answer, truth) => {
      const { right, found, present } = count(answer, truth);
      return [2 * right, found + present];
    }),
  };
}

const keyOf = ({ type, start, end }: Entity) => `${start} ${end} ${type}`;
