import { expect, test } from '@jest/globals';
import { Random } from '@unmask/tensor-core';
import fc from 'fast-check';
import { distribution, draw } from './sampling.js';

/** Logits of the probabilities 0.5, 0.1, 0.3, 0.1. */
const LOGITS = Float32Array.from([0.5, 0.1, 0.3, 0.1], (value) => Math.log(value) + 7);

const rounded = (options: Parameters<typeof distribution>[1], logits = LOGITS) => {
  const { tokens, probabilities } = distribution(logits, options);
  return Array.from(tokens, (token, index) => [token, Math.round(probabilities[index] * 1e4) / 1e4]).sort(([a], [b]) => a - b);
};

test('temperature, then topK, then topP, as in HF transformers', () => {
  expect(rounded({})).toEqual([[0, 0.5], [1, 0.1], [2, 0.3], [3, 0.1]]);
  expect(rounded({ temperature: 0.5 })).toEqual([[0, 0.6944], [1, 0.0278], [2, 0.25], [3, 0.0278]]);
  expect(rounded({ topK: 2 })).toEqual([[0, 0.625], [2, 0.375]]);
  expect(rounded({ topK: 9 })).toEqual(rounded({}));
  expect(rounded({ topP: 0.4 })).toEqual([[0, 1]]);
  expect(rounded({ topP: 0.79 })).toEqual([[0, 0.625], [2, 0.375]]);
  expect(rounded({ topP: 0.85 })).toEqual([[0, 0.5556], [1, 0.1111], [2, 0.3333]]);
  // 0.625 of the two that topK leaves is more than topP asks for
  expect(rounded({ topK: 2, topP: 0.6 })).toEqual([[0, 1]]);
  // at the higher temperature the first token alone is not enough
  expect(rounded({ temperature: 2, topP: 0.45 })).toEqual([[0, 0.5635], [2, 0.4365]]);
});

test('topK keeps what is as likely as the last one', () => {
  expect(rounded({ topK: 3 })).toEqual(rounded({}));
});

test('tokens come as often as they are likely', () => {
  const counts = new Float64Array(4);
  const random = new Random(5);
  const limited = distribution(LOGITS, { topP: 0.85 });
  for (let index = 0; index < 20_000; index++) counts[draw(limited, random)]++;
  [5 / 9, 1 / 9, 3 / 9, 0].forEach((share, token) => expect(Math.abs(counts[token] / 20_000 - share)).toBeLessThan(0.015));
});

test('whatever the logits: topP keeps the fewest that reach it, as likely among each other as before', () => {
  const logits = fc.float32Array({ minLength: 1, maxLength: 60, min: -30, max: 30, noNaN: true });
  const options = fc.record({ temperature: fc.double({ min: 0.05, max: 5, noNaN: true }), topK: fc.integer({ min: 1, max: 70 }), topP: fc.double({ min: 0.01, max: 1, noNaN: true }) });
  fc.assert(
    fc.property(logits, options, (values, { topP, ...rest }) => {
      const all = distribution(values, rest);
      const { tokens, probabilities } = distribution(values, { ...rest, topP });
      expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
      const before = Array.from(tokens, (token) => all.probabilities[all.tokens.indexOf(token)]);
      const reached = before.reduce((sum, value) => sum + value, 0);
      expect(reached).toBeGreaterThan(topP - 1e-9);
      expect(tokens.length === 1 || reached - Math.min(...before) < topP + 1e-9).toBe(true);
      const leftOut = all.probabilities.filter((_, index) => !tokens.includes(all.tokens[index]));
      expect(Math.max(0, ...leftOut)).toBeLessThanOrEqual(Math.min(...before));
      before.forEach((value, index) => expect(probabilities[index] * reached).toBeCloseTo(value, 9));
    }),
  );
});
