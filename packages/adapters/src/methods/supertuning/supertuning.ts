import { add, dropout, type Layer, linear, type Linear, Module, multiply, Parameter, type Random, tf, UnmaskError } from '@unmask/tensor-core';
import { factor, normal } from '../lora/initial.js';
import { WeightUpdate } from '../lora/weight-update.js';
import type { IndexTensor } from '../../method.js';
import { sparseMatrix } from '../../parts/sparse-delta.js';
import { WeightDelta } from '../../parts/weight-delta.js';
import type { SupertuningConfig } from './config.js';

/** One of LoRA's factors, under the name that it has in files. */
class Factor extends Module {
  readonly weight: Parameter;

  constructor(weight: Parameter) {
    super();
    this.weight = weight;
  }
}

/**
 * y = (W + ΔW)·x + b, where the entries of ΔW train where W is largest, or smallest, and the others are zero; with a rank also
 * + s·B·A·dropout(x) (arXiv 2607.09287; HF PEFT tuners/supertuning/layer.py).
 */
export class SupertuningLinear extends WeightDelta {
  /** The entries of ΔW, in the order of {@link indexTensors}. */
  readonly supertuning_values: Parameter;
  readonly supertuning_lora_A: Factor | undefined;
  readonly supertuning_lora_B: Factor | undefined;
  readonly #config: SupertuningConfig;
  readonly #shape: readonly [rows: number, columns: number];
  #entries: Int32Array;

  /** @throws UnmaskError for a sparsity that leaves no entry */
  constructor(layer: Linear, config: SupertuningConfig, random: Random) {
    super();
    const { inFeatures, outFeatures } = layer;
    const { r, sparsity, select_top: largest, init_weights: zero } = config;
    const count = Math.trunc(inFeatures * outFeatures * (1 - sparsity));
    if (count < 1) throw new UnmaskError(`sparsity ${sparsity} leaves no entry of a weight of ${inFeatures * outFeatures}: choose a smaller one`, { code: 'bad-data' });
    this.#config = config;
    this.#shape = [outFeatures, inFeatures];
    this.#entries = extremes(valuesOf(layer), count, largest);
    this.supertuning_values = new Parameter([count], zero ? undefined : () => normal(count, random.fork('values')));
    if (r === null) return;
    this.supertuning_lora_A = new Factor(factor([r, inFeatures], random.fork('A')));
    this.supertuning_lora_B = new Factor(factor([outFeatures, r], zero ? undefined : random.fork('B')));
  }

  /** Flat indices of the entries in a weight [out, in]. */
  override get indexTensors(): readonly IndexTensor[] {
    if (!this.#config.save_precomputed_indices) return [];
    const write = (entries: Int32Array) => {
      const stray = entries.find((entry) => entry < 0 || entry >= this.#shape[0] * this.#shape[1]);
      if (stray !== undefined) throw new UnmaskError(`supertuning_indices holds ${stray}, which is no entry of a weight of ${this.#shape.join('×')}`, { code: 'bad-file' });
      this.#entries = entries.slice();
    };
    return [{ name: 'supertuning_indices', shape: [this.#entries.length], read: () => this.#entries.slice(), write }];
  }

  override forward(x: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor, random: Random | undefined): tf.Tensor {
    const output = super.forward(x, own, random);
    const [a, b] = [this.supertuning_lora_A, this.supertuning_lora_B];
    if (!a || !b) return output;
    const low = linear(dropout(x, this.#config.lora_dropout, random), a.weight); // […, r]
    return add(output, multiply(linear(low, b.weight), tf.scalar(this.#scale)));
  }

  /** W ← W + ΔW + s·B·A */
  override mergeInto(layer: Layer, original: ReadonlyMap<Parameter, Float32Array>): void {
    super.mergeInto(layer, original);
    const [a, b] = [this.supertuning_lora_A, this.supertuning_lora_B];
    if (!a || !b) return;
    const product = () => tf.mul<tf.Tensor2D>(tf.matMul(b.weight.tensor, a.weight.tensor), this.#scale);
    new WeightUpdate(layer as Linear, product).mergeInto(layer as Linear, original);
  }

  protected override delta(): tf.Tensor {
    return sparseMatrix(this.supertuning_values, this.#entries, this.#shape);
  }

  get #scale(): number {
    return this.#config.lora_alpha! / this.#config.r!;
  }
}

/** Values as [out, in]. */
function valuesOf({ weight, transposed }: Linear): Float32Array {
  return transposed ? tf.tidy(() => tf.transpose(weight.tensor).dataSync<'float32'>().slice()) : weight.read();
}

/** Indices of the `count` largest or smallest absolute values, the most extreme first, the lower index of equal ones. */
function extremes(values: Float32Array, count: number, largest: boolean): Int32Array {
  const sign = largest ? -1 : 1;
  const order = Int32Array.from({ length: values.length }, (_, index) => index);
  return order.sort((left, right) => sign * (Math.abs(values[left]) - Math.abs(values[right])) || left - right).slice(0, count);
}
