import { expect, test } from '@jest/globals';
import { Random, tf } from '@unmask/tensor-core';
import { describeEngines, expectNoLeak } from '@unmask/testing';
import { d3, fisher, gradient, magnitude, random, taylor, type ImportanceMetric } from './index.js';

const COUNT = 600;
const draw = new Random(5);
/** Normal numbers over twelve decades, with exact zeros. */
const numbers = () => Float32Array.from({ length: COUNT }, (_, i) => (i % 50 === 0 ? 0 : draw.normal() * 10 ** (12 * draw.uniform() - 9)));
const weights = numbers();
const gradients = numbers();
gradients[50] = 1; // beside the zeros in both

function onHost(metric: ImportanceMetric): Float32Array {
  const out = new Float32Array(COUNT);
  metric.score(weights, 0, gradients, 0, COUNT, out, 0);
  return out;
}
function onDevice(metric: ImportanceMetric): Float32Array {
  const [weight, gradient] = [tf.tensor2d(weights, [COUNT / 4, 4]), tf.tensor2d(gradients, [COUNT / 4, 4])];
  const values = expectNoLeak(() =>
    tf.tidy(() => {
      const scores = metric.scoreTensor!(weight, gradient);
      expect([scores.shape, scores.dtype]).toEqual([weight.shape, 'float32']);
      return scores.dataSync<'float32'>().slice();
    }),
  );
  tf.dispose([weight, gradient]);
  return values;
}
/** Places from best to worst; equal scores by place. */
const ranking = (scores: Float32Array) => Array.from(scores.keys()).sort((one, other) => scores[other] - scores[one] || one - other);

describeEngines('scoreTensor', () => {
  test.each([
    ...[0, 1, -1, 2, 0.5, -2].map((exponent) => [`d3 with exponent ${exponent}`, d3({ exponent })] as const),
    ['d3 without smoothing', d3({ epsilon: 0 })] as const,
    ['gradient', gradient()] as const,
    ['taylor', taylor()] as const,
    ['magnitude, largest', magnitude({ keep: 'largest' })] as const,
  ])('%s is what the host computes', (_name, metric) => {
    const [expected, found] = [onHost(metric), onDevice(metric)];
    const far = Array.from(expected.keys()).filter((i) => !Object.is(found[i], expected[i]) && !(Math.abs(found[i] - expected[i]) <= 1e-6 * expected[i]));
    expect(far.map((i) => [weights[i], gradients[i], expected[i], found[i]])).toEqual([]);
  });

  test.each(['smallest', 'largest'] as const)('magnitude ranks the %s as the host does', (keep) => {
    const metric = magnitude({ keep });
    expect(ranking(onDevice(metric))).toEqual(ranking(onHost(metric)));
  });

  test('the smallest magnitudes score above zero and never infinity', () => {
    const scores = onDevice(magnitude({ keep: 'smallest' }));
    expect(scores.every((score) => score > 0 && score < Infinity)).toBe(true);
  });
});

test('what depends on more than weight and gradient has no form for devices', () => {
  expect([random({ seed: 1 }), fisher()].map((metric) => 'scoreTensor' in metric)).toEqual([false, false]);
});
