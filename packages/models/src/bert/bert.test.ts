import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { Random, tf } from '@unmask/tensor-core';
import { expectNoLeak } from '@unmask/testing';
import { loadPretrained } from '../index.js';

const FOLDER = fileURLToPath(new URL('../../fixtures/tiny-bert', import.meta.url));

test('a sequence beyond the positions is refused', async () => {
  const { model } = await loadPretrained(FOLDER, { head: { kind: 'classification', labels: 2 }, random: new Random(1) });
  const ids = tf.zeros([1, 65], 'int32');
  expectNoLeak(() => expect(() => model.forward({ inputIds: ids, attentionMask: ids, tokenTypeIds: ids })).toThrow("a sequence of 65 tokens is longer than the model's 64 positions"));
  ids.dispose();
  model.dispose();
});
