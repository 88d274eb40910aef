import { type Linear, multiply, Parameter, type Random, reshape, tf } from '@unmask/tensor-core';
import { normal } from '../lora/initial.js';
import { LayerAdapter } from '../../method.js';

/**
 * A learned factor for each output of a linear layer, y = l ⊙ (W·x + b), or in a feed-forward block for each input,
 * y = W·(l ⊙ x) + b (HF PEFT tuners/ia3/layer.py, Linear).
 */
export class Ia3Linear extends LayerAdapter {
  /** [out, 1], or [1, in] in a feed-forward block. */
  readonly ia3_l: Parameter;
  readonly #feedForward: boolean;

  /** @param random where the factors come from; they are 1 without it */
  constructor({ inFeatures, outFeatures }: Linear, feedForward: boolean, random?: Random) {
    super();
    const size = feedForward ? inFeatures : outFeatures;
    this.ia3_l = new Parameter(feedForward ? [1, size] : [size, 1], random ? () => normal(size, random) : 1);
    this.#feedForward = feedForward;
  }

  override forward(x: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
    const factors = reshape(this.ia3_l, [this.ia3_l.size]);
    return this.#feedForward ? own(multiply(x, factors)) : multiply(own(x), factors);
  }

  /** W ← l ⊙ W by rows and b ← l ⊙ b, or in a feed-forward block W by columns. */
  override mergeInto({ weight, bias, transposed }: Linear): void {
    const factors = this.ia3_l.tensor;
    const scaled = tf.tidy(() => tf.mul(weight.tensor, transposed ? tf.transpose(factors) : factors).dataSync<'float32'>());
    weight.modify((values) => values.set(scaled));
    if (this.#feedForward) return;
    const each = this.ia3_l.read();
    bias?.modify((values) => each.forEach((factor, index) => (values[index] *= factor)));
  }
}
