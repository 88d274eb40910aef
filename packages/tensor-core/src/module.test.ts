import { describe, expect, test } from '@jest/globals';
import { Linear, Module, Parameter, tf } from './index.js';

class Block extends Module {
  readonly scale = new Parameter([2]);
  readonly dense = new Linear(2, 3);
}

class Model extends Module {
  readonly layer = [new Block(), new Block()];
  readonly head = new Linear(3, 1, { bias: false });
  readonly tied = this.layer[0].dense.weight;
}

describe('Module', () => {
  test('names parameters by property path, a shared one once', () => {
    const before = tf.memory().numTensors;
    const model = new Model().nameParameters();
    expect(model.parameters().map((parameter) => parameter.name)).toEqual([
      'tied',
      'layer.0.scale',
      'layer.0.dense.bias',
      'layer.1.scale',
      'layer.1.dense.weight',
      'layer.1.dense.bias',
      'head.weight',
    ]);
    expect(model.namedModules('m').map(([name]) => name)).toEqual(['m', 'm.layer.0', 'm.layer.0.dense', 'm.layer.1', 'm.layer.1.dense', 'm.head']);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('a parameter refuses values that do not fill its shape', () => {
    expect(() => new Parameter([2, 3], new Float32Array(5))).toThrow('a parameter of shape [2, 3] takes 6 values, not 5');
  });
});
