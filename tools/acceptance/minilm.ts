/**
 * Holds all-MiniLM-L6-v2 against a reference.json in its folder: token ids, hidden states, sentence vectors and their
 * cosines, from an independent float64 forward pass. Exits 1 when an engine is further off than the tolerances below.
 *   npx tsx --conditions=@unmask/source tools/acceptance/minilm.ts MODEL_FOLDER [--backend onnxruntime,wasm,cpu]
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BertForSequenceClassification, loadPretrained, type Tokenizer } from '@unmask/models';
import { Random, selectBackend, tf } from '@unmask/tensor-core';

/** The layout of reference.json. */
interface Reference {
  readonly sentences: readonly {
    readonly text: string;
    readonly input_ids: readonly number[];
    readonly last_hidden_state_token0_first8: readonly number[];
    readonly sentence_embedding_first16: readonly number[];
  }[];
  /** Sentence × sentence. */
  readonly cosine: readonly (readonly number[])[];
}

/**
 * Largest absolute differences allowed. The reference is rounded, hidden states and vectors to 6 decimals (5e-7 off at
 * most) and cosines to 5 (5e-6); the rest is for float32 arithmetic over six layers, whose values are of the order of 1.
 */
const TOLERANCE = { 'hidden state': 5e-6, 'sentence vector': 2e-6, cosine: 6e-6 } as const;
type Quantity = keyof typeof TOLERANCE;

const { positionals, values } = parseArgs({ allowPositionals: true, options: { backend: { type: 'string', default: 'onnxruntime,wasm,cpu' } } });
const [folder] = positionals;
if (!folder) throw new Error('give the folder of all-MiniLM-L6-v2');
const reference = JSON.parse(await readFile(join(folder, 'reference.json'), 'utf8')) as Reference;

/** Hidden state of each sentence's first token, and mean over its tokens, normalised: [B, h] both. */
function encode(model: BertForSequenceClassification, tokenizer: Tokenizer, texts: readonly string[]): { ids: number[][]; first: number[][]; vectors: number[][] } {
  const batch = tokenizer.encodeBatch(texts.map((text) => [text] as const), { maxLength: 128 });
  const shape: [number, number] = [batch.rows, batch.columns];
  const lengths = texts.map((_, row) => batch.attentionMask.subarray(row * batch.columns, (row + 1) * batch.columns).reduce((sum, one) => sum + one, 0));
  const [first, vectors] = tf.tidy(() => {
    const attentionMask = tf.tensor2d(batch.attentionMask, shape, 'int32');
    const hidden = model.bert.forward({ inputIds: tf.tensor2d(batch.inputIds, shape, 'int32'), attentionMask, tokenTypeIds: tf.tensor2d(batch.tokenTypeIds, shape, 'int32') });
    const sum = tf.sum(tf.mul(hidden, tf.expandDims(tf.cast(attentionMask, 'float32'), 2)), 1); // [B, h]; its length does not matter below
    const normalised = tf.div(sum, tf.norm(sum, 'euclidean', 1, true));
    return [tf.squeeze<tf.Tensor2D>(tf.slice(hidden, [0, 0, 0], [-1, 1, -1]), [1]).arraySync(), (normalised as tf.Tensor2D).arraySync()];
  });
  return { ids: lengths.map((length, row) => [...batch.inputIds.subarray(row * batch.columns, row * batch.columns + length)]), first, vectors };
}

/** Token ids that differ, and the largest differences of an engine. */
async function check(engine: string): Promise<{ wrongIds: number; differences: Record<Quantity, number> }> {
  await selectBackend(engine);
  const { model, tokenizer } = await loadPretrained(folder, { head: { kind: 'classification', labels: 2 }, random: new Random(1) });
  if (!(model instanceof BertForSequenceClassification)) throw new Error(`${folder} is no BERT`);
  const differences: Record<Quantity, number> = { 'hidden state': 0, 'sentence vector': 0, cosine: 0 };
  const compare = (quantity: Quantity, actual: readonly number[], expected: readonly number[]) => {
    // A NaN must not pass: it counts as infinitely far off.
    for (const [index, value] of expected.entries()) differences[quantity] = Math.max(differences[quantity], Math.abs(actual[index] - value) || (actual[index] === value ? 0 : Infinity));
  };
  let wrongIds = 0;
  const texts = reference.sentences.map(({ text }) => text);
  // All sentences as one batch, most of them padded, then each by itself.
  for (const chosen of [reference.sentences, ...reference.sentences.map((sentence) => [sentence])]) {
    const { ids, first, vectors } = encode(model, tokenizer, chosen.map(({ text }) => text));
    chosen.forEach((sentence, row) => {
      const length = Math.max(sentence.input_ids.length, ids[row].length);
      for (let index = 0; index < length; index++) if (ids[row][index] !== sentence.input_ids[index]) wrongIds++;
      compare('hidden state', first[row], sentence.last_hidden_state_token0_first8);
      compare('sentence vector', vectors[row], sentence.sentence_embedding_first16);
    });
    if (chosen.length < texts.length) continue;
    vectors.forEach((left, row) => compare('cosine', vectors.map((right) => left.reduce((sum, value, index) => sum + value * right[index], 0)), reference.cosine[row]));
  }
  model.dispose();
  return { wrongIds, differences };
}

console.log(`largest absolute difference over ${reference.sentences.length} sentences, padded in one batch and each alone:`);
for (const engine of values.backend.split(',')) {
  const { wrongIds, differences } = await check(engine);
  console.log(`${engine.padEnd(12)} token ids: ${wrongIds === 0 ? 'equal' : `${wrongIds} differ`}`);
  if (wrongIds > 0) process.exitCode = 1;
  for (const [quantity, tolerance] of Object.entries(TOLERANCE) as [Quantity, number][]) {
    const within = differences[quantity] <= tolerance;
    console.log(`${''.padEnd(12)} ${quantity}: ${differences[quantity].toExponential(2)}, at most ${tolerance.toExponential(0)} allowed${within ? '' : ': TOO FAR OFF'}`);
    if (!within) process.exitCode = 1;
  }
}
