import { generateTexts, type Tokenizer } from '@unmask/models';
import type { PassageExample, TextTask } from '@unmask/tasks';
import { batchLoss } from '../../encoding/batch-loss.js';
import { type EncodedExample, nextTokens } from '../../encoding/encoded.js';
import type { Asked, Form } from '../form.js';
import { cut } from './packing.js';
import { readSequences } from './reading.js';

/** Tokens that a model goes on with a text for. */
const MAX_NEW_TOKENS = 128;

/** Plain text: all texts one after another, each with the end token behind it, in sequences of the greatest length (HF transformers, run_clm.py). */
export const text: Form<TextTask> = {
  head: () => ({ kind: 'causal-lm' }),
  encode: encodePassage,
  arrange: (encoded, { maxLength }) => cut(encoded, maxLength),
  loss: (task, { labelSmoothing: smoothing }) => ({ of: (batch, forward) => batchLoss(task, forward(batch), batch, { smoothing }) }),
  answers: readPassages,
  predictions: async ({ reader, examples, batchSize }) => (await generateTexts(reader, examples.map((example) => example.text), { maxNewTokens: MAX_NEW_TOKENS, batchSize })).map((prediction) => ({ prediction })),
};

/** All of a text: it is cut where it is trained on. */
function encodePassage(tokenizer: Tokenizer, example: PassageExample): EncodedExample {
  const { ids } = tokenizer.encode(example.text);
  const end = tokenizer.specialTokens.eos;
  return nextTokens(end && ids.at(-1) !== end.id ? [...ids, end.id] : ids, () => true);
}

/** Each text by itself, in sequences of the greatest length. */
async function readPassages({ reader, encoded, batchSize, settings: { maxLength }, onProgress }: Asked<TextTask>) {
  const passages = encoded().map((example) => cut([example], maxLength));
  const owners = passages.flatMap((parts, passage) => parts.map(() => passage));
  const readings = await readSequences(reader.model, passages.flat(), batchSize, (done) => onProgress?.(Math.min(passages.length, Math.floor((done * passages.length) / owners.length))));
  const sums = passages.map((): [number, number, number] => [0, 0, 0]);
  readings.forEach(([{ logProbability, tokens, likeliest }], index) => {
    const sum = sums[owners[index]];
    sum[0] += logProbability;
    sum[1] += tokens;
    sum[2] += likeliest;
  });
  return sums;
}
