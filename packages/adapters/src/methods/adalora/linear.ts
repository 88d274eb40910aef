import { add, dropout, linear, type Linear, multiply, Parameter, type Random, reshape, tf } from '@unmask/tensor-core';
import type { TrainedBias } from '../lora/biases.js';
import { normal } from '../lora/initial.js';
import { WeightUpdate } from '../lora/weight-update.js';
import { LayerAdapter } from '../../method.js';

/** How AdaLoRA goes around one layer. */
export interface SvdOptions {
  /** Components that are there, from 0. */
  readonly rank: number;
  /** Scale s of the update. */
  readonly scale: number;
  /** Dropout of A's input. */
  readonly dropout: number;
  /** Whether the update starts at zero. */
  readonly zero: boolean;
}

/** What A and B start from, N(0, 0.02²). */
const DEVIATION = 0.02;

/**
 * An update in the form of a singular value decomposition (Zhang et al. 2023): y = W·x + b + s·B·(E ⊙ A·dropout(x)), with A
 * [r, in], B [out, r] and E [r, 1] (HF PEFT tuners/adalora/layer.py, SVDLinear).
 */
export class SvdLinear extends LayerAdapter {
  readonly lora_A: Parameter;
  readonly lora_B: Parameter;
  readonly lora_E: Parameter;
  /** The layer's own bias, where it trains. */
  readonly base_layer: TrainedBias | undefined;
  readonly #options: SvdOptions;
  readonly #update: WeightUpdate;

  constructor(layer: Linear, options: SvdOptions, random: Random, bias?: TrainedBias) {
    super();
    const { inFeatures, outFeatures } = layer;
    const { rank, scale, zero } = options;
    const deviation = zero ? DEVIATION : 1;
    this.lora_A = new Parameter([rank, inFeatures], () => normal(rank * inFeatures, random.fork('A'), deviation));
    this.lora_B = new Parameter([outFeatures, rank], () => normal(outFeatures * rank, random.fork('B'), deviation));
    this.lora_E = new Parameter([rank, 1], zero ? undefined : () => normal(rank, random.fork('E')));
    this.base_layer = bias;
    this.#options = options;
    this.#update = new WeightUpdate(layer, () => tf.mul(tf.matMul(this.lora_B.tensor as tf.Tensor2D, tf.mul(this.lora_A.tensor, this.lora_E.tensor)), scale));
  }

  override forward(x: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor, random: Random | undefined): tf.Tensor {
    const output = this.#options.rank === 0 ? own(x) : add(own(x), this.#updateOf(x, random));
    return this.base_layer ? this.base_layer.shift(output) : output;
  }

  /** W ← W + s·B·(E ⊙ A) */
  override mergeInto(layer: Linear, original: ReadonlyMap<Parameter, Float32Array>): void {
    if (this.#options.rank > 0) this.#update.mergeInto(layer, original);
    this.base_layer?.mergeInto(layer, original);
  }

  /** HF PEFT keeps the rank as a parameter. */
  override get countOffset(): number {
    return 1 + (this.base_layer?.countOffset ?? 0);
  }

  /** x […, in] → […, out] */
  #updateOf(x: tf.Tensor, random: Random | undefined): tf.Tensor {
    const { rank, dropout: rate, scale } = this.#options;
    const low = multiply(linear(dropout(x, rate, random), this.lora_A), reshape(this.lora_E, [rank])); // […, r]
    return multiply(linear(low, this.lora_B), tf.scalar(scale)); // […, out]
  }
}
