import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { encodeModel, type GraphContent } from '@unmask/backend-onnxruntime';
import { familyOf, type Head, loadModel, type TransformerModel } from '@unmask/models';
import { Random, selectBackend, tf } from '@unmask/tensor-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type OnnxOutput, recordModel } from './record-model.js';

const MODELS = fileURLToPath(new URL('../../../models/fixtures/', import.meta.url));
const [CLASSES, TAGS]: Head[] = [{ kind: 'classification', labels: 3 }, { kind: 'token-classification', labels: 3 }];
const [WORDS, NEXT]: Head[] = [{ kind: 'masked-lm' }, { kind: 'causal-lm' }];

/** Other sizes than those of the recordings. */
const [BATCH, LENGTH] = [2, 6];
const IDS = Int32Array.from({ length: BATCH * LENGTH }, (_, index) => 5 + ((index * 7) % 20));

type Feeds = Record<string, Tensor>;

/** Columns `from` to `to`, as int64. */
function columns(values: Int32Array, from: number, to: number): Tensor {
  const rows = Array.from({ length: BATCH }, (_, row) => [...values.subarray(row * LENGTH + from, row * LENGTH + to)]);
  return new Tensor('int64', BigInt64Array.from(rows.flat(), BigInt), [BATCH, to - from]);
}

/** Answers by onnxruntime for columns `from` to `to`, after those before. */
async function answer(session: InferenceSession, { inputs }: GraphContent, mask: Int32Array, from: number, to: number, before: Feeds = {}): Promise<Feeds> {
  const feeds = Object.fromEntries(
    inputs.map(({ name, axes }): [string, Tensor] => {
      if (name === 'attention_mask') return [name, columns(mask, 0, to)];
      if (name === 'input_ids') return [name, columns(IDS, from, to)];
      if (name === 'token_type_ids') return [name, columns(new Int32Array(IDS.length), from, to)];
      return [name, before[name.replace('past_key_values', 'present')] ?? new Tensor('float32', new Float32Array(0), [BATCH, axes[1] as number, 0, axes[3] as number])];
    }),
  );
  return session.run(feeds);
}

function expected(model: { forward: TransformerModel['forward'] }, mask: Int32Array): Float32Array {
  return tf.tidy(() => {
    const integers = (values: Int32Array) => tf.tensor2d(values, [BATCH, LENGTH], 'int32');
    return model.forward({ inputIds: integers(IDS), attentionMask: integers(mask), tokenTypeIds: integers(new Int32Array(IDS.length)) }).dataSync<'float32'>().slice();
  });
}

/** The largest difference where there are tokens; `found` may begin at a later column. */
function difference(found: Tensor, own: Float32Array, mask: Int32Array, from = 0): number {
  const perToken = found.dims.length === 3;
  const size = found.dims.at(-1)!;
  const length = perToken ? LENGTH - from : 1;
  return (found.data as Float32Array).reduce((largest, value, index) => {
    const [place, entry] = [Math.floor(index / size), index % size];
    const column = Math.floor(place / length) * (perToken ? LENGTH : 1) + (place % length) + from;
    return perToken && mask[column] === 0 ? largest : Math.max(largest, Math.abs(value - own[column * size + entry]));
  }, 0);
}

describe('a recorded forward pass', () => {
  test.each<[string, Head, OnnxOutput]>([
    ['tiny-bert', CLASSES, 'logits'],
    ['tiny-bert', TAGS, 'last_hidden_state'],
    ['tiny-roberta', WORDS, 'logits'],
    ['tiny-electra', CLASSES, 'logits'],
    ['tiny-distilbert', TAGS, 'logits'],
    ['tiny-deberta-v2', CLASSES, 'logits'],
    ['tiny-deberta-v2-unshared', WORDS, 'logits'],
    ['tiny-gpt2', NEXT, 'logits'],
    ['tiny-llama', NEXT, 'logits'],
    ['tiny-llama-untied', CLASSES, 'logits'],
    ['tiny-mistral', NEXT, 'logits'],
    ['tiny-qwen2', TAGS, 'logits'],
    ['tiny-qwen3', NEXT, 'logits'],
  ])('%s, %j, gives %s of any batch', async (folder, head, output) => {
    await selectBackend('onnxruntime');
    const loaded = await loadModel(`${MODELS}${folder}`, { head, random: new Random(1) });
    const family = familyOf(loaded.config);
    const mask = new Int32Array(IDS.length).fill(1);
    mask.fill(0, ...(family.headKinds.includes('causal-lm') ? ([0, 2] as const) : ([LENGTH - 2, LENGTH] as const)));
    const answering = output === 'logits' ? loaded.model : (loaded.model as unknown as Record<string, TransformerModel>)[family.baseModelPrefix];
    const own = expected(answering, mask);
    const graph = await recordModel(loaded, output);
    expect(expected(answering, mask)).toEqual(own);
    const session = await InferenceSession.create(encodeModel(graph).finish());
    expect(difference((await answer(session, graph, mask, 0, LENGTH))[output], own, mask)).toBeLessThan(1e-5);
    if (head.kind === 'causal-lm') {
      const before = await answer(session, graph, mask, 0, 4);
      expect(difference((await answer(session, graph, mask, 4, LENGTH, before))[output], own, mask, 4)).toBeLessThan(1e-5);
    }
    await session.release();
    loaded.model.dispose();
  });

  test('what reads values on the host is refused', async () => {
    const loaded = await loadModel(`${MODELS}tiny-bert`, { head: CLASSES, random: new Random(1) });
    const { model } = loaded;
    const reading = { forward: (inputs: Parameters<TransformerModel['forward']>[0]) => tf.tensor(inputs.inputIds.dataSync()), namedParameters: () => [] } as unknown as TransformerModel;
    await expect(recordModel({ ...loaded, model: reading }, 'logits')).rejects.toThrow('this model cannot be written as ONNX: the host reads a value');
    model.dispose();
  });
});
