import { describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs'; // the gradients that differentiable() needs
import { collectGradients, describeEngines, expectGradients, expectNoLeak } from '@unmask/testing';
import {
  add, attention, crossEntropy, differentiable, dropout, dropTokens, embedding, gelu, geluTanh, layerNorm, linear, meanSquaredError, multiply,
  Parameter, prependTokens, Random, relativeBias, relu, reshape, rmsNorm, rotary, silu, split, swiGlu, takeColumns, takeToken, takeTokens, tanh, tf, transpose, type Value,
} from '../index.js';

const random = new Random('ops');
const parameter = (...shape: number[]) =>
  new Parameter(shape, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal() * 0.7));

/** Turns any output into a smooth scalar in which every entry counts differently. */
const weigh = (output: tf.Tensor) => meanSquaredError(reshape(output, [-1]), tf.range(0, output.size).mul(0.37).sin());
/** An activation that depends on a parameter, so that gradients flow into it. */
const activation = (source: Parameter) => multiply(source, tf.ones(source.shape as number[]));

const rotated = (rows: number) => {
  const x = parameter(2, 3, 8);
  const angles = () => tf.reshape(tf.range(0, rows * 3 * 2), [rows, 3, 2]);
  return { parameters: [x], forward: () => weigh(rotary(activation(x), tf.cos(angles()), tf.sin(angles()))) };
};

/** name → parameters and the loss computed from them */
const CASES: Record<string, () => { parameters: Parameter[]; forward: () => tf.Tensor }> = {
  linear: () => {
    const [x, weight, bias] = [parameter(2, 3, 4), parameter(5, 4), parameter(5)];
    return { parameters: [x, weight, bias], forward: () => weigh(linear(activation(x), weight, bias)) };
  },
  'linear without bias': () => {
    const [x, weight] = [parameter(3, 4), parameter(2, 4)];
    return { parameters: [x, weight], forward: () => weigh(linear(activation(x), weight)) };
  },
  'linear with a transposed weight': () => {
    const [x, weight, bias] = [parameter(2, 3, 4), parameter(4, 5), parameter(5)];
    return { parameters: [x, weight, bias], forward: () => weigh(linear(activation(x), weight, bias, { transposed: true })) };
  },
  'embedding with repeated ids': () => {
    const table = parameter(6, 3);
    return { parameters: [table], forward: () => weigh(embedding(tf.tensor2d([[1, 4, 1], [5, 1, 0]], [2, 3], 'int32'), table)) };
  },
  'embedding of an activation': () => {
    const table = parameter(4, 3);
    return { parameters: [table], forward: () => weigh(embedding(tf.tensor1d([2, 0, 2, 3], 'int32'), activation(table))) };
  },
  layerNorm: () => {
    const [x, weight, bias] = [parameter(2, 3, 5), parameter(5), parameter(5)];
    return { parameters: [x, weight, bias], forward: () => weigh(layerNorm(activation(x), weight, bias, 1e-5)) };
  },
  rmsNorm: () => {
    const [x, weight] = [parameter(2, 3, 5), parameter(5)];
    return { parameters: [x, weight], forward: () => weigh(rmsNorm(activation(x), weight, 1e-5)) };
  },
  'rotary with angles that all sequences share': () => rotated(1),
  'rotary with angles for each sequence': () => rotated(2),
  swiGlu: () => {
    const [gate, up] = [parameter(2, 3, 4), parameter(2, 3, 4)];
    return { parameters: [gate, up], forward: () => weigh(swiGlu(activation(gate), activation(up))) };
  },
  geluTanh: () => {
    const x = parameter(3, 4);
    return { parameters: [x], forward: () => weigh(geluTanh(activation(x))) };
  },
  gelu: () => {
    const x = parameter(3, 4);
    return { parameters: [x], forward: () => weigh(gelu(activation(x))) };
  },
  silu: () => {
    const x = parameter(3, 4);
    return { parameters: [x], forward: () => weigh(silu(activation(x))) };
  },
  prependTokens: () => {
    const [rows, x] = [parameter(2, 4), parameter(3, 2, 4)];
    return { parameters: [rows, x], forward: () => weigh(prependTokens(rows, activation(x))) };
  },
  dropTokens: () => {
    const x = parameter(2, 4, 3);
    return { parameters: [x], forward: () => weigh(dropTokens(activation(x), 3)) };
  },
  takeColumns: () => {
    const table = parameter(2, 5);
    return { parameters: [table], forward: () => weigh(takeColumns(table, 1, 3)) };
  },
  tanh: () => {
    const x = parameter(3, 4);
    return { parameters: [x], forward: () => weigh(tanh(activation(x))) };
  },
  relu: () => {
    const x = new Parameter([4], Float32Array.of(-1, -0.5, 0.5, 1));
    return { parameters: [x], forward: () => weigh(relu(activation(x))) };
  },
  'add with broadcasting': () => {
    const [a, b, c] = [parameter(2, 3, 4), parameter(3, 4), parameter(2, 1, 4)];
    return { parameters: [a, b, c], forward: () => weigh(add(add(a, b), c)) };
  },
  'multiply with broadcasting': () => {
    const [a, b] = [parameter(2, 3), parameter(3)];
    return { parameters: [a, b], forward: () => weigh(multiply(a, b)) };
  },
  transpose: () => {
    const x = parameter(2, 3);
    return { parameters: [x], forward: () => weigh(transpose(x)) };
  },
  'reshape of a parameter': () => {
    const x = parameter(2, 3);
    return { parameters: [x], forward: () => weigh(reshape(x, [3, 2])) };
  },
  takeToken: () => {
    const x = parameter(2, 3, 4);
    return { parameters: [x], forward: () => weigh(takeToken(activation(x), 1)) };
  },
  split: () => {
    const x = parameter(2, 3, 6);
    return {
      parameters: [x],
      forward: () => {
        const [first, , third] = split(activation(x), 3);
        return weigh(add(multiply(first, tf.tensor1d([1, 3])), third));
      },
    };
  },
  takeTokens: () => {
    const x = parameter(3, 4, 2);
    return { parameters: [x], forward: () => weigh(takeTokens(activation(x), [1, 3, 0])) };
  },
  attention: () => {
    const [query, key, value] = [parameter(2, 3, 4), parameter(2, 5, 4), parameter(2, 5, 4)];
    const options = { heads: 2 };
    return { parameters: [query, key, value], forward: () => weigh(attention(activation(query), activation(key), activation(value), options)) };
  },
  'attention with a bias and shared key heads': () => {
    const [query, key, value, bias] = [parameter(2, 3, 8), parameter(2, 4, 4), parameter(2, 4, 4), parameter(2, 4, 3, 4)];
    const forward = () => weigh(attention(activation(query), activation(key), activation(value), { heads: 4, keyValueHeads: 2, scale: 0.6, bias: activation(bias) }));
    return { parameters: [query, key, value, bias], forward };
  },
  'attention with mask and dropout': () => {
    const [query, key, value] = [parameter(2, 3, 4), parameter(2, 3, 4), parameter(2, 3, 4)];
    return {
      parameters: [query, key, value],
      forward: () => {
        const mask = tf.tensor4d([0, 0, -10_000, 0, 0, 0], [2, 1, 1, 3]);
        const dropout = { rate: 0.4, random: new Random(9) };
        return weigh(attention(activation(query), activation(key), activation(value), { heads: 2, mask, dropout }));
      },
    };
  },
  'relativeBias of queries': () => {
    const [x, offsets] = [parameter(2, 3, 4), parameter(6, 4)];
    return { parameters: [x, offsets], forward: () => weigh(relativeBias([{ of: 'queries', x: activation(x), offsets: activation(offsets) }], { heads: 2 })) };
  },
  'relativeBias of queries and keys, in attention': () => {
    const [query, key, toKeys, toQueries] = [parameter(2, 3, 4), parameter(2, 3, 4), parameter(6, 4), parameter(6, 4)];
    const forward = () => {
      const [q, k] = [activation(query), activation(key)];
      const bias = relativeBias([{ of: 'queries', x: q, offsets: activation(toKeys) }, { of: 'keys', x: k, offsets: activation(toQueries) }], { heads: 2, scale: 0.6 });
      return weigh(attention(q, k, k, { heads: 2, bias }));
    };
    return { parameters: [query, key, toKeys, toQueries], forward };
  },
  dropout: () => {
    const x = parameter(3, 4);
    return { parameters: [x], forward: () => weigh(dropout(activation(x), 0.3, new Random(5))) };
  },
  crossEntropy: () => {
    const logits = parameter(4, 3);
    return { parameters: [logits], forward: () => crossEntropy(activation(logits), tf.tensor1d([0, 2, 1, 2], 'int32')) };
  },
  'crossEntropy with rows that do not count': () => {
    const logits = parameter(5, 3);
    return { parameters: [logits], forward: () => crossEntropy(activation(logits), tf.tensor1d([0, -100, 1, -100, 2], 'int32')) };
  },
  meanSquaredError: () => {
    const prediction = parameter(4, 1);
    return { parameters: [prediction], forward: () => meanSquaredError(activation(prediction), tf.tensor1d([0, 0.5, 1, 2])) };
  },
  differentiable: () => {
    const [a, b] = [parameter(3), parameter(3)];
    return { parameters: [a, b], forward: () => weigh(differentiable([a, b], (x, y) => tf.mul(tf.sin(x), tf.exp(y)))) };
  },
};

describeEngines('operations', () => {
  test.each(Object.keys(CASES))('%s: gradients equal finite differences', (name) => {
    expectNoLeak(() => {
      const { parameters, forward } = CASES[name]();
      expectGradients(parameters, forward);
      for (const each of parameters) each.dispose();
    });
  });

  test('without a backward pass an operation leaves nothing but its output', () => {
    expectNoLeak(() => {
      const x = tf.ones([2, 3, 4]);
      const weight: Value = tf.ones([5, 4]);
      const outputs = [linear(x, weight), gelu(x), takeToken(x, 0), takeTokens(x, [2, 0]), swiGlu(x, x), geluTanh(x), tf.tidy(() => rmsNorm(x, tf.ones([4]), 1e-5)), tf.tidy(() => layerNorm(x, tf.ones([4]), tf.zeros([4]), 1e-5)), attention(x, x, x, { heads: 2 })];
      expect(outputs.map((output) => output.shape)).toEqual([[2, 3, 5], [2, 3, 4], [2, 4], [2, 4], [2, 3, 4], [2, 3, 4], [2, 3, 4], [2, 3, 4], [2, 3, 4]]);
      tf.dispose([x, weight, ...outputs]);
    });
  });
});

describe('dropout', () => {
  test('is the identity in evaluation and at rate 0', () => {
    const x = tf.ones([3]);
    expect(dropout(x, 0.5, undefined)).toBe(x);
    expect(dropout(x, 0, new Random(1))).toBe(x);
    expect(() => dropout(x, 1, new Random(1))).toThrow('dropout rate 1 is not in [0, 1)');
    x.dispose();
  });
});

describe('embedding', () => {
  test('its gradient names the rows that were read, ascending', () => {
    const table = new Parameter([9, 2]);
    const { gradients } = collectGradients(() => weigh(embedding(tf.tensor1d([7, 2, 7], 'int32'), table)));
    const gradient = gradients.get(table)!;
    expect([...gradient].flatMap((value, index) => (value === 0 ? [] : [Math.floor(index / 2)]))).toEqual(expect.arrayContaining([2, 7]));
    table.dispose();
  });
});

describe('relativeBias', () => {
  test.each([1, 2, 5])('of %i tokens: the products with the vector of each offset', (length) => {
    tf.tidy(() => {
      const [x, offsets] = [tf.randomNormal([1, length, 3], 0, 1, 'float32', 1), tf.randomNormal([2 * length, 3], 0, 1, 'float32', 2)];
      const [vectors, places] = [(x.arraySync() as number[][][])[0], offsets.arraySync() as number[][]];
      const score = (t: number, u: number) => vectors[t].reduce((sum, value, index) => sum + value * places[length + u - t][index], 0);
      for (const of of ['queries', 'keys'] as const) {
        const [[bias]] = relativeBias([{ of, x, offsets }], { heads: 1 }).arraySync() as number[][][][];
        bias.forEach((row, i) => row.forEach((value, j) => expect(value).toBeCloseTo(of === 'queries' ? score(i, j) : score(j, i), 5)));
      }
    });
  });
});

describe('shape errors', () => {
  test('say what was given and what is taken', () => {
    tf.tidy(() => {
      expect(() => linear(tf.ones([2, 3]), tf.ones([4, 5]))).toThrow("linear: the input's last axis is 3, the weight [4, 5] takes 5");
      expect(() => linear(tf.ones([2, 3]), tf.ones([4, 5]), undefined, { transposed: true })).toThrow('the weight [4, 5], transposed, takes 4');
      expect(() => attention(tf.ones([1, 2, 6]), tf.ones([1, 2, 4]), tf.ones([1, 2, 4]), { heads: 3, keyValueHeads: 2 })).toThrow('3 query heads of size 2 do not go with 2 key heads in 4 columns');
      expect(() => rotary(tf.ones([2, 3, 6]), tf.ones([1, 3, 2]), tf.ones([1, 3, 2]))).toThrow('rotary: x [2, 3, 6] does not go with cosines [1, 3, 2] and sines [1, 3, 2]');
      expect(() => relativeBias([{ of: 'keys', x: tf.ones([1, 3, 4]), offsets: tf.ones([5, 4]) }], { heads: 2 })).toThrow('relativeBias: 3 tokens of size 4 take offsets [6, 4], not [5, 4]');
      expect(() => crossEntropy(tf.ones([2, 3]), tf.tensor1d([0], 'int32'))).toThrow('crossEntropy takes logits [B, C] and labels [B], not [2, 3] and [1]');
      expect(() => crossEntropy(tf.ones([2, 3]), tf.tensor1d([0, 3], 'int32'))).toThrow('label 3 of row 1 is not below 3, the number of classes');
      expect(crossEntropy(tf.ones([2, 3]), tf.tensor1d([-100, -100], 'int32')).dataSync()[0]).toBe(0);
      expect(() => meanSquaredError(tf.ones([2]), tf.ones([3]))).toThrow('meanSquaredError: 2 predictions for 3 targets');
    });
  });
});
