import { add, dropout, linear, type Linear, Module, multiply, Parameter, type Random, tf, UnmaskError } from '@unmask/tensor-core';
import { LayerAdapter } from '../../method.js';
import type { BaseShift } from './base-shift.js';
import type { TrainedBias } from './biases.js';
import type { LoraInit } from './config.js';
import { uniform } from './initial.js';
import type { LoraStart } from './starts/index.js';
import { WeightUpdate } from './weight-update.js';

/** One of the two factors, under the names that it has in files. */
class Factor extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;

  /** @param bias what makes the bias, of as many entries as the weight has rows */
  constructor(shape: readonly [number, number], values: () => Float32Array, bias?: () => Float32Array) {
    super();
    this.weight = new Parameter(shape, values);
    this.bias = bias && new Parameter([shape[0]], bias);
  }
}

/** How LoRA goes around one layer. */
export interface LoraOptions {
  /** Rank r. */
  readonly rank: number;
  /** Scale s of the update. */
  readonly scale: number;
  /** Dropout of A's input. */
  readonly dropout: number;
  /** How A and B start. */
  readonly init: LoraInit;
  /** Whether the weight is decomposed into magnitude and direction. */
  readonly dora: boolean;
  /** Whether B has a bias. */
  readonly bias: boolean;
}

/** The factors of an update s·B·A: A [r, in] and B [out, r]. */
export interface LoraFactors {
  readonly a: Parameter;
  readonly b: Parameter;
  readonly scale: number;
}

/**
 * LoRA of a linear layer (Hu et al. 2022): y = W·x + b + u with the update u = s·B·A·dropout(x), A [r, in], B [out, r]; with
 * DoRA y = W·x + b + (c − 1) ⊙ W·dropout(x) + c ⊙ u for c = m / ‖W + s·B·A‖ (HF PEFT tuners/lora/layer.py, Linear; dora.py).
 */
export class LoraLinear extends LayerAdapter {
  readonly lora_A: Factor;
  readonly lora_B: Factor;
  /** DoRA's magnitudes m, [out]. */
  readonly lora_magnitude_vector: Parameter | undefined;
  /** The layer's own bias, where it trains. */
  readonly base_layer: TrainedBias | undefined;
  readonly #layer: Linear;
  readonly #options: LoraOptions;
  readonly #scale: number;
  readonly #shift: BaseShift | undefined;
  readonly #fixedB: boolean;
  readonly #update: WeightUpdate;

  constructor(layer: Linear, options: LoraOptions, start: LoraStart, random: Random, bias?: TrainedBias) {
    super();
    const { inFeatures, outFeatures } = layer;
    const { rank, scale } = start;
    this.lora_A = new Factor([rank, inFeatures], start.a);
    this.lora_B = new Factor([outFeatures, rank], start.b, options.bias ? () => initialBias(options, outFeatures, random.fork('bias')) : undefined);
    this.lora_B.weight.trainable = !start.fixedB;
    this.#layer = layer;
    this.#options = options;
    this.#scale = scale;
    this.#shift = start.shift;
    this.#fixedB = start.fixedB ?? false;
    this.#update = new WeightUpdate(layer, () => {
      const product: tf.Tensor2D = tf.mul(tf.matMul(this.lora_B.weight.tensor as tf.Tensor2D, this.lora_A.weight.tensor as tf.Tensor2D), scale);
      return this.#shift ? tf.add(product, this.#shift.product()) : product;
    });
    this.lora_magnitude_vector = options.dora ? startingMagnitude(this.#update, outFeatures) : undefined;
    this.base_layer = bias;
  }

  override forward(x: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor, random: Random | undefined): tf.Tensor {
    const kept = dropout(x, this.#options.dropout, random); // […, in]
    const low = linear(kept, this.lora_A.weight); // […, r]
    const update = multiply(linear(low, this.lora_B.weight, this.lora_B.bias), tf.scalar(this.#scale)); // […, out]
    const output = this.#base(x, own(x));
    const adapted = this.lora_magnitude_vector ? this.#decomposed(this.lora_magnitude_vector, x, kept, output, update) : add(output, update);
    return this.base_layer ? this.base_layer.shift(adapted) : adapted;
  }

  /** W ← W + s·B·A, or DoRA's; b ← b + s·bias of B */
  override mergeInto(layer: Linear, original: ReadonlyMap<Parameter, Float32Array>): void {
    const addend = this.lora_B.bias?.read();
    if (addend && !layer.bias) throw new UnmaskError('an adapter with lora_bias cannot be merged into a layer without bias', { code: 'unsupported' });
    this.#update.mergeInto(layer, original, this.lora_magnitude_vector);
    this.base_layer?.mergeInto(layer, original);
    if (addend) layer.bias!.modify((values) => addend.forEach((value, index) => (values[index] += this.#scale * value)));
  }

  /** What weighted combinations are made of. */
  get factors(): LoraFactors {
    return { a: this.lora_A.weight, b: this.lora_B.weight, scale: this.#scale };
  }

  /** What the base's weight gains beside it, where its start changed that. */
  get shift(): BaseShift | undefined {
    return this.#shift;
  }

  override get countOffset(): number {
    return (this.base_layer?.countOffset ?? 0) + (this.#fixedB ? this.lora_B.weight.size : 0);
  }

  /** An output of the base's weight, with what the weight gains beside the adapter. */
  #base(x: tf.Tensor, y: tf.Tensor): tf.Tensor {
    return this.#shift ? this.#shift.apply(x, y) : y;
  }

  /** Without dropout W·x is the output less the bias; with it, it has to be computed. */
  #decomposed(magnitude: Parameter, x: tf.Tensor, kept: tf.Tensor, output: tf.Tensor, update: tf.Tensor): tf.Tensor {
    const { weight, bias, transposed } = this.#layer;
    const factor = this.#update.factor(magnitude); // [out]
    const withoutBias = () => (bias ? add(output, tf.neg(bias.tensor)) : output);
    const direction = kept === x ? withoutBias() : this.#base(kept, linear(kept, weight, undefined, { transposed })); // […, out]
    return add(output, add(multiply(direction, add(factor, tf.scalar(-1))), multiply(update, factor)));
  }
}

/** DoRA's magnitudes at first: the norms of the weight as it is updated by then, so that nothing changes. */
export function startingMagnitude(update: WeightUpdate, size: number): Parameter {
  return new Parameter([size], () => {
    const norms = update.norms();
    try {
      return norms.dataSync<'float32'>().slice();
    } finally {
      norms.dispose();
    }
  });
}

const initialBias = ({ init, rank }: LoraOptions, size: number, random: Random) => (init ? new Float32Array(size) : uniform(size, 1 / Math.sqrt(rank), random));
