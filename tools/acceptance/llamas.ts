/**
 * Holds Llama language models against a reference.json in their folders: token ids, logits, the mean loss of the next token
 * and a greedy continuation, from an independent float64 forward pass. Exits 1 when an engine is further off than allowed.
 *   npx tsx --conditions=@unmask/source tools/acceptance/llamas.ts MODEL_FOLDER ... [--backend onnxruntime,wasm,cpu]
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { KeyValueCache, loadPretrained, type TransformerModel } from '@unmask/models';
import { crossEntropy, Random, selectBackend, tf } from '@unmask/tensor-core';

/** The layout of reference.json. */
interface Reference {
  readonly tokenize: readonly { readonly text: string; readonly ids: readonly number[] }[];
  readonly logits: {
    readonly ids: readonly number[];
    readonly last_position_first_16: readonly number[];
    readonly argmax_per_position: readonly number[];
    readonly mean_next_token_nll: number;
  };
  readonly greedy: { readonly start_ids: readonly number[]; readonly ids: readonly number[]; readonly text: string };
}

/** Largest absolute differences allowed: the reference is rounded to 6 decimals, the rest is for float32 over five layers. */
const TOLERANCE = { logit: 2e-5, loss: 2e-6 } as const;

const { positionals: folders, values } = parseArgs({ allowPositionals: true, options: { backend: { type: 'string', default: 'onnxruntime,wasm,cpu' } } });
if (folders.length === 0) throw new Error('give the folders of Llama models');

/** Logits [T, V] of the last T of some tokens, the earlier ones being in the cache if there is one. */
function logitsOf(model: TransformerModel, ids: readonly number[], cache?: KeyValueCache): tf.Tensor2D {
  const inputIds = tf.tensor2d([ids.slice(cache?.length ?? 0)], undefined, 'int32');
  return tf.squeeze(model.forward({ inputIds, attentionMask: tf.ones([1, ids.length], 'int32'), tokenTypeIds: tf.zerosLike(inputIds) }, { cache }), [0]);
}

/** Continues a text by the likeliest token, one at a time. */
function continueGreedily(model: TransformerModel, start: readonly number[], length: number): number[] {
  const ids = [...start];
  const cache = new KeyValueCache();
  while (ids.length < length) ids.push(tf.tidy(() => tf.argMax(logitsOf(model, ids, cache), 1).dataSync().at(-1)!));
  cache.dispose();
  return ids;
}

const countWrong = (actual: readonly number[], expected: readonly number[]) =>
  Array.from({ length: Math.max(actual.length, expected.length) }, (_, index) => actual[index] === expected[index]).filter((equal) => !equal).length;

/** What differs on an engine: numbers of wrong entries, and the largest differences. */
async function check(folder: string, engine: string) {
  await selectBackend(engine);
  const reference = JSON.parse(await readFile(join(folder, 'reference.json'), 'utf8')) as Reference;
  const { model, tokenizer } = await loadPretrained(folder, { head: { kind: 'causal-lm' }, random: new Random(1) });
  const { ids, last_position_first_16: first, argmax_per_position: likeliest, mean_next_token_nll: loss } = reference.logits;
  const differences = tf.tidy(() => {
    const logits = logitsOf(model, ids);
    const last = logits.dataSync().slice(-logits.shape[1]);
    const labels = tf.tensor1d([...ids.slice(1), -100], 'int32');
    return {
      argmax: countWrong([...tf.argMax(logits, 1).dataSync()], likeliest),
      logit: Math.max(...first.map((value, index) => Math.abs(last[index] - value))),
      loss: Math.abs(crossEntropy(logits, labels).dataSync()[0] - loss),
    };
  });
  const continuation = continueGreedily(model, reference.greedy.start_ids, reference.greedy.ids.length);
  model.dispose();
  return {
    ...differences,
    tokenIds: reference.tokenize.reduce((wrong, { text, ids }) => wrong + countWrong([...tokenizer.encode(text).ids], ids), 0),
    continuation: countWrong(continuation, reference.greedy.ids),
    text: tokenizer.decode(continuation, { skipSpecialTokens: true }) === reference.greedy.text ? 0 : 1,
  };
}

for (const folder of folders) {
  for (const engine of values.backend.split(',')) {
    const { logit, loss, ...wrong } = await check(folder, engine);
    // A NaN must not pass.
    const passed = logit <= TOLERANCE.logit && loss <= TOLERANCE.loss && Object.values(wrong).every((count) => count === 0);
    if (!passed) process.exitCode = 1;
    const counts = Object.entries(wrong).map(([name, count]) => `${name} ${count === 0 ? 'equal' : `${count} DIFFER`}`);
    console.log(`${folder} on ${engine}: logits ${logit.toExponential(2)}, loss ${loss.toExponential(2)} off; ${counts.join(', ')}; ${passed ? 'passed' : 'FAILED'}`);
  }
}
