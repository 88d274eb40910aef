import type { tf } from '@unmask/tensor-core';
import { add, type Layer, linear, type Linear, type Parameter, type Random } from '@unmask/tensor-core';
import { WeightUpdate } from '../methods/lora/weight-update.js';
import { LayerAdapter } from '../method.js';

/** An update that is computed as a whole: y = W·x + b + ΔW·x. */
export abstract class WeightDelta extends LayerAdapter {
  /** ΔW, [out, in]. @param random where dropout comes from; undefined in evaluation */
  protected abstract delta(random: Random | undefined): tf.Tensor;

  override forward(x: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor, random: Random | undefined): tf.Tensor {
    return add(own(x), linear(x, this.delta(random)));
  }

  /** W ← W + ΔW */
  override mergeInto(layer: Layer, original: ReadonlyMap<Parameter, Float32Array>): void {
    new WeightUpdate(layer as Linear, () => this.delta(undefined) as tf.Tensor2D).mergeInto(layer as Linear, original);
  }
}
