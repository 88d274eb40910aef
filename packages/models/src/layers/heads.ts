import { dropout, Linear, Module, type Random, takeToken, type tf } from '@unmask/tensor-core';
import type { Activation } from './activations.js';

/** A linear layer on what dropout leaves. */
export class DropoutLinear extends Linear {
  readonly #rate: number;

  constructor(inFeatures: number, outFeatures: number, rate: number) {
    super(inFeatures, outFeatures);
    this.#rate = rate;
  }

  /** […, in] → […, out] */
  override forward(x: tf.Tensor, random?: Random): tf.Tensor {
    return super.forward(dropout(x, this.#rate, random));
  }
}

/** Two layers on the first token (HF RobertaClassificationHead, ElectraClassificationHead). */
export class FirstTokenClassifier extends Module {
  readonly dense: DropoutLinear;
  readonly out_proj: DropoutLinear;
  readonly #activation: Activation;

  constructor(hiddenSize: number, outputs: number, rate: number, activation: Activation) {
    super();
    this.dense = new DropoutLinear(hiddenSize, hiddenSize, rate);
    this.out_proj = new DropoutLinear(hiddenSize, outputs, rate);
    this.#activation = activation;
  }

  /** [B, T, h] → [B, outputs] */
  forward(hidden: tf.Tensor, random?: Random): tf.Tensor {
    return this.out_proj.forward(this.#activation(this.dense.forward(takeToken(hidden, 0), random)), random);
  }
}
