import { add, type hostValues, type Linear, matMul, multiply, Parameter, type Random, tf, UnmaskError } from '@unmask/tensor-core';
import { factor } from '../lora/initial.js';
import type { IndexTensor } from '../../method.js';
import { sparseMatrix } from '../../parts/sparse-delta.js';
import { WeightDelta } from '../../parts/weight-delta.js';
import type { RosaConfig } from './config.js';

/** y = (W + s·B·A + ΔW)·x + b, with A [r, in] and B [out, r], and a ΔW that is zero but for some entries (Nikdan et al. 2024). */
export class RosaLinear extends WeightDelta {
  readonly rosa_A: Parameter;
  readonly rosa_B: Parameter;
  /** The entries of ΔW. */
  readonly rosa_values: Parameter;
  readonly #scale: number;
  readonly #shape: readonly [rows: number, columns: number];
  #entries: Int32Array;
  #see: ((gradients: ReturnType<typeof hostValues>) => void) | undefined;

  /** @throws UnmaskError for a density that leaves no entry */
  constructor({ inFeatures, outFeatures }: Linear, { r, lora_alpha, d }: RosaConfig, random: Random) {
    super();
    const size = inFeatures * outFeatures;
    const count = Math.floor(d * size);
    if (count < 1) throw new UnmaskError(`d is ${d}, which is no entry of a weight of ${size}: choose at least ${1 / size}`, { code: 'bad-data' });
    this.rosa_A = factor([r, inFeatures], random.fork('A'));
    this.rosa_B = factor([outFeatures, r], undefined);
    this.rosa_values = new Parameter([count]);
    this.#scale = lora_alpha / r;
    this.#shape = [outFeatures, inFeatures];
    this.#entries = Int32Array.from({ length: count }, (_, index) => index);
  }

  /** How many entries the weight has. */
  get size(): number {
    return this.#shape[0] * this.#shape[1];
  }

  /** Flat indices of the entries in a weight [out, in], ascending. */
  get entries(): Int32Array {
    return this.#entries;
  }

  set entries(entries: Int32Array) {
    const stray = entries.find((entry, index) => entry < 0 || entry >= this.size || (index > 0 && entry <= entries[index - 1]));
    if (stray !== undefined || entries.length !== this.rosa_values.size) {
      throw new UnmaskError(`RoSA takes ${this.rosa_values.size} ascending indices of entries below ${this.size}, not ${entries.length}${stray === undefined ? '' : ` with ${stray} among them`}`, { code: 'bad-data' });
    }
    this.#entries = entries.slice();
  }

  /** Shows the gradient of the whole weight in backward passes, row after row; the entries have gradients of zero then. */
  set observer(see: ((gradients: ReturnType<typeof hostValues>) => void) | undefined) {
    this.#see = see;
  }

  override get indexTensors(): readonly IndexTensor[] {
    return [{ name: 'rosa_indices', shape: [this.#entries.length], read: () => this.#entries.slice(), write: (entries) => (this.entries = entries) }];
  }

  protected override delta(): tf.Tensor {
    return add(multiply(matMul(this.rosa_B, this.rosa_A), tf.scalar(this.#scale)), sparseMatrix(this.rosa_values, this.#entries, this.#shape, this.#see));
  }
}
