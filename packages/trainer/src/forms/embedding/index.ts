import { type EmbeddingExample, type EmbeddingTask } from '@unmask/tasks';
import { nextTurn, Random, tf, UnmaskError } from '@unmask/tensor-core';
import { type EncodedExample, lengthOf, sequencesOf, tokensOf } from '../../encoding/encoded.js';
import { collate, disposeBatch } from '../../encoding/text-batches.js';
import type { Asked, Form, Reader } from '../form.js';
import { vectorLoss } from './batch-loss.js';
import { cosineSimilarity, matryoshka, ranking, triplet } from './losses.js';
import { type Matrix, normalized, zeros } from './matrix.js';
import { measuresOf } from './measures.js';
import { pooled, rowsOf } from './pooling.js';

/** Texts whose vectors are to be near each other, or far apart. */
export const embedding: Form<EmbeddingTask> = {
  head: () => ({ kind: 'hidden-states' }),
  encode: (tokenizer, { texts, label }: EmbeddingExample, { maxLength }) => {
    const [first, ...others] = texts.map((text): EncodedExample => ({ ...tokensOf(tokenizer, text, maxLength), labels: [label], rows: [0] }));
    return others.length === 0 ? first : { ...first, others };
  },
  arrange: (encoded, { seed }, { shape }) => (shape === 'labelled' ? withPartners(encoded, seed) : encoded),
  loss: ({ shape, loss: name, matryoshka: sizes }, _, __, { pooling, config }) => {
    const loss = { ranking: ranking(shape === 'labelled'), triplet, cosine: cosineSimilarity }[name];
    return vectorLoss(sizes === null ? loss : matryoshka(loss, checkedSizes(sizes, config)), pooling!);
  },
  answers: async (asked) => {
    const { task: { shape }, examples } = asked;
    const vectors = await vectorsOf(asked);
    return measuresOf(shape, examples, vectors.map((each) => normalized(each)));
  },
  predictions: async (asked) => {
    const [vectors] = await vectorsOf(asked);
    return asked.examples.map((_, index) => ({ prediction: Array.from(vectors.values.subarray(index * vectors.size, (index + 1) * vectors.size), (value) => Number(value.toPrecision(7))) }));
  },
};

/** @throws UnmaskError for sizes that are no part of a model's vectors */
function checkedSizes(sizes: readonly number[], { hidden_size: hidden, dim = hidden }: Reader['config']): readonly number[] {
  const wrong = sizes.find((size) => !Number.isInteger(size) || size < 1 || size > (dim as number));
  if (wrong === undefined) return sizes;
  throw new UnmaskError(`--matryoshka names the size ${wrong}, and the model's vectors have ${String(dim)} entries: give sizes from 1 to ${String(dim)}`);
}

/** Each text with another of its class, drawn by the seed; texts whose class has no other are left out. @throws UnmaskError when none is left */
function withPartners(encoded: readonly EncodedExample[], seed: number): EncodedExample[] {
  const random = new Random(seed).fork('partners');
  const classes = new Map<number, EncodedExample[]>();
  for (const example of encoded) classes.set(example.labels[0], [...(classes.get(example.labels[0]) ?? []), example]);
  const pairs = [...classes.values()].flatMap((members) => {
    const order = random.shuffle([...members]);
    return order.length < 2 ? [] : order.map((example, index) => ({ ...example, others: [order[(index + 1) % order.length]] }));
  });
  if (pairs.length > 0) return pairs;
  throw new UnmaskError('no two training rows are of the same class: give classes of several rows', { code: 'bad-data' });
}

/** The vectors of the examples' texts: a matrix for each of them. Texts of like length share a batch. */
async function vectorsOf({ reader, encoded, batchSize, onProgress }: Pick<Asked<EmbeddingTask>, 'encoded' | 'batchSize' | 'onProgress'> & { readonly reader: Reader }): Promise<Matrix[]> {
  const examples = encoded();
  const texts = sequencesOf(examples[0]).length;
  const byLength = [...examples.keys()].sort((a, b) => lengthOf(examples[a]) - lengthOf(examples[b]));
  let matrices: Matrix[] | undefined;
  for (let start = 0; start < byLength.length; start += batchSize) {
    const indices = byLength.slice(start, start + batchSize);
    const batch = collate(examples, indices);
    const values = tf.tidy(() => rowsOf(pooled(reader.model.forward(batch), batch, reader.pooling!)));
    disposeBatch(batch);
    const size = values.length / (indices.length * texts);
    matrices ??= Array.from({ length: texts }, () => zeros(examples.length, size));
    for (const [place, index] of indices.entries()) {
      matrices.forEach((matrix, text) => matrix.values.set(values.subarray((place * texts + text) * size, (place * texts + text + 1) * size), index * size));
    }
    onProgress?.(start + indices.length);
    await nextTurn(); // so that progress shows
  }
  return matrices!;
}
