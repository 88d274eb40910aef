import { Linear, multiply, type Embedding, type Parameter, tf } from '@unmask/tensor-core';

/** Layers whose weight an update can be added to. */
export type WeightedLayer = Linear | Embedding;

/**
 * An update ΔW of a layer's weight W, plain or under DoRA (Liu et al. 2024): W + ΔW, or m ⊙ (W + ΔW) / ‖W + ΔW‖ with a
 * magnitude m and a norm for each output (HF PEFT tuners/lora/dora.py).
 */
export class WeightUpdate {
  readonly #layer: WeightedLayer;
  readonly #product: () => tf.Tensor2D;
  /** Whether the weight lies [in, out], as embeddings and GPT-2's layers have it. */
  readonly #transposed: boolean;

  /** @param product makes ΔW, [out, in] */
  constructor(layer: WeightedLayer, product: () => tf.Tensor2D) {
    this.#layer = layer;
    this.#product = product;
    this.#transposed = layer instanceof Linear ? layer.transposed : true;
  }

  /** ‖W + ΔW‖ of each output, [out], the caller's. @param weight W */
  norms(weight: tf.Tensor = this.#layer.weight.tensor): tf.Tensor {
    return tf.tidy(() => tf.norm(tf.add(weight, this.#update()), 'euclidean', this.#transposed ? 0 : 1));
  }

  /** m / ‖W + ΔW‖, [out]. The gradient reaches m alone: the paper's section 4.3 holds the norm constant. */
  factor(magnitude: Parameter): tf.Tensor {
    return multiply(magnitude, tf.tidy(() => tf.div(1, this.norms())));
  }

  /** Puts the updated weight in the place of a layer's own. @param original W before any adapter was merged */
  mergeInto({ weight }: WeightedLayer, original: ReadonlyMap<Parameter, Float32Array>, magnitude?: Parameter): void {
    const merged = tf.tidy(() => {
      const sum = tf.add(weight.tensor, this.#update());
      if (!magnitude) return sum.dataSync<'float32'>();
      const factor = tf.div(magnitude.tensor, this.norms(tf.tensor(original.get(weight)!, [...weight.shape])));
      return tf.mul(sum, this.#transposed ? factor : tf.reshape(factor, [-1, 1])).dataSync<'float32'>();
    });
    weight.modify((values) => values.set(merged));
  }

  /** ΔW as the weight lies. */
  #update(): tf.Tensor {
    return this.#transposed ? tf.transpose(this.#product()) : this.#product();
  }
}
