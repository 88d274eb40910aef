import { Linear, type Parameter, tf } from '@unmask/tensor-core';
import type { LayerAdapter } from '../method.js';

/** A linear layer with a weight [out, in], for tests on numbers worked out by hand. */
export function linearOf(rows: readonly (readonly number[])[], bias?: readonly number[]): Linear {
  const layer = new Linear(rows[0].length, rows.length, { bias: bias !== undefined });
  layer.weight.modify((values) => values.set(rows.flat()));
  layer.bias?.modify((values) => values.set(bias!));
  return layer;
}

/** Sets the values of a parameter. */
export const set = (parameter: Parameter | undefined, ...values: readonly number[]) => parameter!.modify((all) => all.set(values));

/** What an adapter makes of one input, by its forward pass and after it is merged; both are the same. */
export function outputsOf(adapter: LayerAdapter, layer: Linear, input: readonly number[]): [forward: number[], merged: number[]] {
  const run = (act: (x: tf.Tensor) => tf.Tensor) => [...tf.tidy(() => act(tf.tensor2d([[...input]])).dataSync<'float32'>())].map((value) => Math.round(value * 1e4) / 1e4);
  const forward = run((x) => adapter.forward(x, (own) => layer.forward(own), undefined));
  adapter.mergeInto!(layer, new Map(layer.parameters().map((parameter) => [parameter, parameter.read().slice()])));
  return [forward, run((x) => layer.forward(x))];
}
