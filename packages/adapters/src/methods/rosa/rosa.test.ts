import { beforeAll, expect, test } from '@jest/globals';
import { meanSquaredError, Random, selectBackend, streamGradients, tf } from '@unmask/tensor-core';
import { ConfigFields } from '../../config.js';
import { linearOf, outputsOf, set } from '../../parts/one-layer.js';
import { parseRosaConfig } from './config.js';
import { greatest, RosaMasks } from './masks.js';
import { RosaLinear } from './rosa.js';

beforeAll(() => selectBackend('cpu'));

const adapterOf = (fields: Record<string, unknown>) => {
  const layer = linearOf([[1, -5, 2], [0, 4, -3]], [0, 0]);
  const config = parseRosaConfig(new ConfigFields(fields));
  return { layer, config, adapter: new RosaLinear(layer, config, new Random(1)) };
};

test('adds a low-rank and a sparse update', () => {
  const { layer, adapter } = adapterOf({ r: 1, lora_alpha: 2, d: 0.34 });
  set(adapter.rosa_A, 1, 1, 1);
  set(adapter.rosa_B, 1, 2);
  adapter.entries = Int32Array.of(1, 5);
  set(adapter.rosa_values, 7, 1);
  // W + 2·B·A + ΔW = [[3, 4, 4], [4, 8, 2]]
  expect(outputsOf(adapter, layer, [1, 1, 1])).toEqual([[11, 14], [11, 14]]);
});

/** A step whose gradient is x in each row of the weight. */
function step(adapter: RosaLinear, x: readonly number[]): void {
  streamGradients(() => meanSquaredError(adapter.forward(tf.tensor2d([[...x]]), () => tf.zeros([1, 2]), undefined), tf.fill([1, 2], -1)), () => undefined).dispose();
}

test('chooses the entries with the largest gradients once LoRA has trained alone', () => {
  const { adapter, config } = adapterOf({ r: 1, d: 0.34, warmup_steps: 1, spa_num_grads: 2 });
  const masks = new RosaMasks(new Map([['layer', adapter]]), config);
  step(adapter, [9, 0, 0]); // not looked at
  masks.afterStep(1);
  step(adapter, [0, 1, 2]);
  masks.afterStep(2);
  const [again, other] = [adapterOf({ r: 1, d: 0.34, warmup_steps: 1, spa_num_grads: 2 }).adapter, adapter];
  const restored = new RosaMasks(new Map([['layer', again]]), config);
  restored.restore(masks.save());
  for (const [each, control] of [[other, masks], [again, restored]] as const) {
    step(each, [0, 3, 1]);
    control.afterStep(3);
    expect([...each.entries]).toEqual([1, 4]);
  }
  expect(() => restored.restore(new Map())).toThrow('not of this RoSA adapter');
});

test('chooses as many as there are to be among equal ones', () => {
  expect([...greatest(Float32Array.of(1, -2, 1, 1, 0), 3)]).toEqual([0, 1, 2]);
});

test('says what leaves nothing to train', () => {
  expect(() => adapterOf({ d: 0.1 })).toThrow('d is 0.1, which is no entry of a weight of 6');
});
