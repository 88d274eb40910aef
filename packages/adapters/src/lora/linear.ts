import type { Linear} from '@unmask/tensor-core';
import { add, dropout, linear, type Layer, Module, multiply, Parameter, type Random, tf } from '@unmask/tensor-core';
import { LayerAdapter } from '../method.js';

/** One of the two factors, under the name `weight` that it has in files. */
class Factor extends Module {
  readonly weight: Parameter;

  constructor(shape: readonly [number, number], values: Float32Array) {
    super();
    this.weight = new Parameter(shape, values);
  }
}

/** What {@link LoraLinear} needs. */
export interface LoraOptions {
  /** Rank r. */
  readonly rank: number;
  /** Scale s of the update. */
  readonly scale: number;
  /** Dropout of A's input. */
  readonly dropout: number;
  /** How A and B start. */
  readonly init: boolean | 'gaussian';
}

/**
 * LoRA of a linear layer (Hu et al. 2022): y = W·x + b + s·B·A·dropout(x), with A [r, in] and B [out, r] (HF PEFT
 * tuners/lora/layer.py, Linear).
 */
export class LoraLinear extends LayerAdapter {
  readonly lora_A: Factor;
  readonly lora_B: Factor;
  readonly #scale: number;
  readonly #dropout: number;

  constructor({ inFeatures, outFeatures }: Linear, { rank, scale, dropout, init }: LoraOptions, random: Random) {
    super();
    this.lora_A = new Factor([rank, inFeatures], initialA(rank, inFeatures, init, random.fork('A')));
    const bound = 1 / Math.sqrt(rank);
    this.lora_B = new Factor([outFeatures, rank], init === false ? uniform(outFeatures * rank, bound, random.fork('B')) : new Float32Array(outFeatures * rank));
    this.#scale = scale;
    this.#dropout = dropout;
  }

  override forward(x: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor, random: Random | undefined): tf.Tensor {
    const low = linear(dropout(x, this.#dropout, random), this.lora_A.weight); // […, r]
    return add(own(x), multiply(linear(low, this.lora_B.weight), tf.scalar(this.#scale))); // […, out]
  }

  /** W ← W + s·B·A */
  override mergeInto(layer: Layer): void {
    const { weight, transposed } = layer as Linear;
    const delta = tf.tidy(() => {
      const update = tf.mul(tf.matMul(this.lora_B.weight.tensor as tf.Tensor2D, this.lora_A.weight.tensor as tf.Tensor2D), this.#scale); // [out, in]
      return (transposed ? tf.transpose(update) : update).dataSync<'float32'>();
    });
    weight.modify((values) => delta.forEach((value, index) => (values[index] += value)));
  }
}

/** Kaiming's uniform rule with a = √5, as PyTorch's Linear starts: U(−1/√in, 1/√in); or N(0, 1/r²). */
function initialA(rank: number, inFeatures: number, init: boolean | 'gaussian', random: Random): Float32Array {
  if (init !== 'gaussian') return uniform(rank * inFeatures, 1 / Math.sqrt(inFeatures), random);
  return Float32Array.from({ length: rank * inFeatures }, () => random.normal() / rank);
}

const uniform = (size: number, bound: number, random: Random) => Float32Array.from({ length: size }, () => (2 * random.uniform() - 1) * bound);
