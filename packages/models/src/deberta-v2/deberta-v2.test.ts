import { expect, test } from '@jest/globals';
import { tf } from '@unmask/tensor-core';
import { expectNoLeak } from '@unmask/testing';
import { parseDebertaV2Config } from './config.js';
import { DebertaV2ForTokenClassification } from './heads.js';

const FIELDS = {
  vocab_size: 20, hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 2, intermediate_size: 8, max_position_embeddings: 6,
  relative_attention: true, pos_att_type: 'p2c|c2p', position_biased_input: false,
};

function logitsOf(fields: object, ids: number[][], mask: number[][]): number[][][] {
  const model = new DebertaV2ForTokenClassification(parseDebertaV2Config(fields), 2);
  for (const parameter of model.parameters()) parameter.modify((values) => values.forEach((_, index) => (values[index] = Math.sin(index + 1))));
  const logits = expectNoLeak(() =>
    tf.tidy(() => model.forward({ inputIds: tf.tensor2d(ids, undefined, 'int32'), attentionMask: tf.tensor2d(mask, undefined, 'int32'), tokenTypeIds: tf.zerosLike(tf.tensor2d(ids, undefined, 'int32')) }).arraySync() as number[][][]),
  );
  model.dispose();
  return logits;
}

test('pos_att_type is a list or a string', () => {
  expect(parseDebertaV2Config(FIELDS).relativeAttention!.terms).toEqual(['p2c', 'c2p']);
  expect(parseDebertaV2Config({ ...FIELDS, pos_att_type: ['c2p'] }).relativeAttention!.terms).toEqual(['c2p']);
  expect(parseDebertaV2Config({ ...FIELDS, pos_att_type: null }).scale).toBe(1 / Math.sqrt(4));
  expect(() => parseDebertaV2Config({ ...FIELDS, pos_att_type: 'p2p' })).toThrow('"pos_att_type" is "p2p", expected some of c2p, p2c');
});

test('a convolution, and buckets that do not fit, are refused', () => {
  expect(() => parseDebertaV2Config({ ...FIELDS, conv_kernel_size: 3 })).toThrow('"conv_kernel_size" asks for the convolution of DeBERTa-v2 xlarge');
  expect(() => parseDebertaV2Config({ ...FIELDS, position_buckets: 10 })).toThrow('"position_buckets" is 10, expected from 2 up to twice the largest relative position, 5');
  expect(() => parseDebertaV2Config({ ...FIELDS, hidden_size: 9 })).toThrow('hidden_size 9 is no multiple of num_attention_heads 2');
});

test('only absolute positions limit the length', () => {
  const [ids, mask] = [[Array.from({ length: 9 }, (_, index) => index)], [new Array<number>(9).fill(1)]];
  expect(logitsOf(FIELDS, ids, mask)[0]).toHaveLength(9);
  expect(() => logitsOf({ ...FIELDS, position_biased_input: true }, ids, mask)).toThrow("a sequence of 9 tokens is longer than the model's 6 positions");
});

test('a row of padding alone changes nothing for the others and is no NaN', () => {
  const alone = logitsOf(FIELDS, [[3, 4, 5]], [[1, 1, 1]]);
  const both = logitsOf(FIELDS, [[3, 4, 5], [0, 0, 0]], [[1, 1, 1], [0, 0, 0]]);
  both[0].flat().forEach((value, index) => expect(value).toBeCloseTo(alone[0].flat()[index], 5));
  expect(both[1].flat().every(Number.isFinite)).toBe(true);
});
