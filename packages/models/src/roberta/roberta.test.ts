import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { Random, tf } from '@unmask/tensor-core';
import { describeEngines, expectNoLeak } from '@unmask/testing';
import { familyOf, loadModel, type TokenInputs } from '../index.js';

const FOLDER = fileURLToPath(new URL('../../fixtures/tiny-roberta', import.meta.url));
const IDS = [5, 9, 2, 77];

const load = async () => (await loadModel(FOLDER, { head: { kind: 'masked-lm' }, random: new Random(1) })).model;

/** One sequence between `before` and `after` columns of padding. */
const inputs = (before: number, after: number, padding: number): TokenInputs => {
  const row = (outside: number, inside: readonly number[]) => tf.tensor2d([[...new Array<number>(before).fill(outside), ...inside, ...new Array<number>(after).fill(outside)]], undefined, 'int32');
  return { inputIds: row(padding, IDS), attentionMask: row(0, IDS.map(() => 1)), tokenTypeIds: row(0, IDS.map((_, index) => index % 2)) };
};

describeEngines('RoBERTa', () => {
  test.each([1, 0, 30])('padding by id %d, at either end, changes nothing for the tokens', async (padding) => {
    const model = await load();
    tf.tidy(() => {
      const alone = model.forward(inputs(0, 0, padding));
      for (const [before, after] of [[3, 0], [0, 2], [2, 3]]) {
        const logits = tf.slice(model.forward(inputs(before, after, padding)), [0, before, 0], alone.shape);
        expect(tf.max(tf.abs(tf.sub(logits, alone))).dataSync()[0]).toBeLessThan(1e-5);
      }
    });
    model.dispose();
  });
});

test('a sequence beyond the positions is refused: the first rows of the table are for padding', async () => {
  const model = await load();
  const ids = tf.ones([1, 63], 'int32');
  expectNoLeak(() =>
    expect(() => model.forward({ inputIds: ids, attentionMask: ids, tokenTypeIds: ids })).toThrow(
      "a sequence of 63 tokens is longer than the model's 62 positions (its table has 64, the first 2 of which are for padding): truncate it",
    ),
  );
  const longest = tf.ones([1, 62], 'int32');
  expectNoLeak(() => tf.dispose(model.forward({ inputIds: longest, attentionMask: longest, tokenTypeIds: longest })));
  tf.dispose([ids, longest]);
  model.dispose();
});

test('XLM-RoBERTa is the same model under the names of its own classes', () => {
  const family = familyOf({ model_type: 'xlm-roberta' });
  expect(family.architecture('masked-lm')).toBe('XLMRobertaForMaskedLM');
  expect([family.baseModelPrefix, family.headKinds]).toEqual(['roberta', familyOf({ model_type: 'roberta' }).headKinds]);
});

test.each([-1, 1.5, '1'])('a pad_token_id of %p is refused', (value) => {
  const config = { model_type: 'roberta', hidden_size: 8, num_attention_heads: 2, vocab_size: 9, num_hidden_layers: 1, intermediate_size: 8, max_position_embeddings: 9, type_vocab_size: 1 };
  expect(() => familyOf(config).build({ ...config, pad_token_id: value }, { kind: 'masked-lm' })).toThrow(/"pad_token_id" is .*, expected a whole number from 0 up/);
});
