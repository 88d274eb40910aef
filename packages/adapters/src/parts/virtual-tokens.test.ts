import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { generate, type Head, KeyValueCache, loadModel, type TokenInputs } from '@unmask/models';
import { Random, selectBackend, tf } from '@unmask/tensor-core';
import { describeEngines, expectNoLeak, type Golden, goldenInputs, readGolden } from '@unmask/testing';
import { getPeftModel, loadAdapter, type PeftModel } from '../index.js';

/** Adapters that HF PEFT made, by tools/reference/prompts.py. */
const FIXTURES = fileURLToPath(new URL('../../fixtures/virtual-tokens/', import.meta.url));
const MODELS = fileURLToPath(new URL('../../../models/fixtures/', import.meta.url));
const DECODERS = ['tiny-gpt2', 'tiny-llama', 'tiny-mistral', 'tiny-qwen3'];
const METHODS = ['PROMPT_TUNING', 'PREFIX_TUNING', 'P_TUNING'] as const;

const baseOf = (model: string, head: Head) => loadModel(MODELS + model, { head, random: new Random(1) });
const adapted = async (model: string, config: Parameters<typeof getPeftModel>[1], head: Head = { kind: 'causal-lm' }) =>
  getPeftModel(await baseOf(model, head), config, { random: new Random(2) });

/** The largest difference of a logit where there is a token. */
function difference(actual: tf.Tensor, { shape, values }: { readonly shape: readonly number[]; readonly values: Float32Array }, inputs: Golden): number {
  expect(actual.shape).toEqual(shape);
  const mask = inputs.get('inputs/attention_mask')!.values;
  const last = shape.at(-1)!;
  return actual.dataSync<'float32'>().reduce((most, value, index) => (shape.length === 2 || mask[Math.floor(index / last)] ? Math.max(most, Math.abs(value - values[index])) : most), 0);
}

describe.each(readdirSync(FIXTURES).sort())('%s', (name) => {
  describeEngines('it', () => {
    test('computes what it computes in HF PEFT', async () => {
      const model = name.slice(name.indexOf('tiny-'));
      const head: Head = /bert/.test(model) ? { kind: 'classification', labels: 3 } : { kind: 'causal-lm' };
      const [inputs, expected] = await Promise.all([readGolden(`${MODELS}${model}/expected.safetensors`), readGolden(`${FIXTURES}${name}/expected.safetensors`)]);
      const peft = await loadAdapter(await baseOf(model, head), FIXTURES + name, { random: new Random(3) });
      expectNoLeak(() => tf.tidy(() => expect(difference(peft.forward(goldenInputs(inputs)), expected.get('logits')!, inputs)).toBeLessThan(1e-4)));
      peft.dispose();
    });
  });
});

describe.each(METHODS.flatMap((type) => DECODERS.map((model) => [type, model] as const)))('%s of %s', (type, model) => {
  beforeAll(() => selectBackend('cpu'));
  const PROMPTS = [[7, 12, 33], [15, 8, 61, 30, 9]];

  /** Greedy tokens from whole forward passes, without a cache. */
  function plainly(peft: PeftModel, prompt: readonly number[], count: number): number[] {
    const tokens = [...prompt];
    for (let step = 0; step < count; step++) {
      tf.tidy(() => {
        const inputIds = tf.tensor2d([tokens], undefined, 'int32');
        const logits = peft.forward({ inputIds, attentionMask: tf.onesLike(inputIds), tokenTypeIds: tf.zerosLike(inputIds) }, { lastOnly: true }); // [1, 1, V]
        tokens.push(tf.argMax<tf.Tensor>(logits, 2).dataSync()[0]);
      });
    }
    return tokens.slice(prompt.length);
  }

  test('goes on with prompts of several lengths as it does with each alone, without a cache', async () => {
    const peft = await adapted(model, { peft_type: type, num_virtual_tokens: 3 });
    const generated = await generate(peft, PROMPTS, { maxNewTokens: 6 });
    expect(generated.map(({ tokens }) => tokens)).toEqual(PROMPTS.map((prompt) => plainly(peft, prompt, 6)));
    const beams = await generate(peft, PROMPTS, { maxNewTokens: 3, beams: { count: 2 } });
    expect(beams.map(({ tokens }) => tokens.length)).toEqual([3, 3]);
    peft.dispose();
  });

  test('gives logits of the tokens alone', async () => {
    const peft = await adapted(model, { peft_type: type, num_virtual_tokens: 3 });
    const cache = new KeyValueCache();
    tf.tidy(() => {
      const inputs: TokenInputs = { inputIds: tf.tensor2d([[7, 12]], [1, 2], 'int32'), attentionMask: tf.ones([1, 2], 'int32'), tokenTypeIds: tf.zeros([1, 2], 'int32') };
      expect(peft.forward(inputs).shape.slice(0, 2)).toEqual([1, 2]);
      expect(peft.forward(inputs, { cache }).shape.slice(0, 2)).toEqual([1, 2]);
    });
    cache.dispose();
    peft.dispose();
  });
});

describe('refusals', () => {
  beforeAll(() => selectBackend('cpu'));
  const classification: Head = { kind: 'classification', labels: 2 };

  test.each(['tiny-distilbert', 'tiny-deberta-v2'])('%s has no place for a prefix', async (model) => {
    await expect(adapted(model, { peft_type: 'PREFIX_TUNING', num_virtual_tokens: 2 }, classification)).rejects.toThrow('takes no keys but those of its tokens');
  });

  test('what only files may say, sizes that do not fit, and a missing count', async () => {
    await expect(adapted('tiny-llama', { peft_type: 'PREFIX_TUNING', num_virtual_tokens: 2, prefix_projection: true })).rejects.toThrow('train the prefix itself');
    await expect(adapted('tiny-llama', { peft_type: 'PROMPT_TUNING', num_virtual_tokens: 2, prompt_tuning_init: 'TEXT' })).rejects.toThrow('choose RANDOM or SAMPLE_VOCAB');
    await expect(adapted('tiny-llama', { peft_type: 'PROMPT_TUNING', num_virtual_tokens: 2, token_dim: 7 })).rejects.toThrow('token_dim is 7');
    await expect(adapted('tiny-llama', { peft_type: 'P_TUNING', num_virtual_tokens: 2, encoder_reparameterization_type: 'LSTM' })).rejects.toThrow('choose MLP');
    await expect(adapted('tiny-llama', { peft_type: 'PROMPT_TUNING' })).rejects.toThrow('"num_virtual_tokens": undefined, expected a whole number from 1 up');
  });

  test('a prompt and a prefix at once', async () => {
    const peft = await adapted('tiny-llama', { peft_type: 'PROMPT_TUNING', num_virtual_tokens: 2 });
    peft.addAdapter('prefix', { peft_type: 'PREFIX_TUNING', num_virtual_tokens: 2 }, new Random(3));
    expect(() => peft.setAdapter('default', 'prefix')).toThrow('PROMPT_TUNING and PREFIX_TUNING adapters cannot act at once');
    peft.dispose();
  });
});
