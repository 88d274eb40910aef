import { describe, expect, test } from '@jest/globals';
import { fullFineTuning, selective, uniform } from '@unmask/id3';
import { d3 } from '@unmask/importance';
import { adamw } from '@unmask/optimizers';
import { Linear, meanSquaredError, reshape, selectBackend, tf } from '@unmask/tensor-core';
import { describeEngines } from '@unmask/testing';
import { train } from './train.js';

const STEPS = 150;

/** A layer that should learn to sum its inputs. */
function problem() {
  const layer = new Linear(3, 1).nameParameters();
  layer.weight.modify((values) => values.set([0.5, -0.5, 0.1]));
  const batches = Array.from({ length: STEPS }, (_, step) => [Math.sin(step), Math.cos(step), Math.sin(2 * step)]);
  const loss = (row: number[]) =>
    meanSquaredError(reshape(layer.forward(tf.tensor2d([row])), [1]), tf.tensor1d([row.reduce((sum, value) => sum + value, 0)]));
  return { layer, steps: batches.map((row) => [row]), loss };
}

describeEngines('train', () => {
  test('lowers the loss, reports each step, and leaks nothing', async () => {
    const { layer, steps, loss } = problem();
    const training = selective(adamw({ weightDecay: 0 }), { metric: d3(), schedule: uniform({ budget: 4, steps: STEPS }) }).bind(layer.parameters());
    const before = tf.memory().numTensors;
    const reports: number[] = [];
    const summary = await train({ training, steps, loss, learningRate: () => 0.05, afterStep: ({ unmasked }) => void reports.push(unmasked) });
    expect(tf.memory().numTensors).toBe(before);
    expect(summary.steps).toBe(STEPS);
    expect(summary.finalLoss).toBeLessThan(0.2);
    expect(reports.at(-1)).toBe(4);
    expect([...reports].sort((a, b) => a - b)).toEqual(reports);
    layer.dispose();
  });
});

describe('train', () => {
  test('stops with advice when the loss is no number', async () => {
    await selectBackend('cpu');
    const { layer, steps, loss } = problem();
    layer.weight.modify((values) => values.fill(1e30));
    const training = fullFineTuning(adamw({})).bind(layer.parameters());
    await expect(train({ training, steps, loss, learningRate: () => 0.1 })).rejects.toThrow(/lower the learning rate|gradient/);
    layer.dispose();
  });
});
