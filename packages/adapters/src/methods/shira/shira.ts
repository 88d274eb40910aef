import type { tf} from '@unmask/tensor-core';
import { type Linear, Parameter, type Random, UnmaskError } from '@unmask/tensor-core';
import { normal } from '../lora/initial.js';
import type { IndexTensor } from '../../method.js';
import { sparseMatrix } from '../../parts/sparse-delta.js';
import { TorchRandom } from '../../parts/torch-random.js';
import { WeightDelta } from '../../parts/weight-delta.js';
import type { ShiraConfig } from './config.js';

/** y = (W + ΔW)·x + b, where r·(in + out) entries of ΔW train and the others are zero (Bhardwaj et al. 2024; HF PEFT tuners/shira/layer.py). */
export class ShiraLinear extends WeightDelta {
  /** The entries of ΔW, [r·(in + out)] */
  readonly shira_weight: Parameter;
  readonly #shape: readonly [rows: number, columns: number];
  #entries: Int32Array;

  /** @throws UnmaskError for a rank that takes more entries than the weight has */
  constructor({ inFeatures, outFeatures }: Linear, { r, random_seed: seed, init_weights: zero }: ShiraConfig, random: Random) {
    super();
    const [count, size] = [r * (inFeatures + outFeatures), inFeatures * outFeatures];
    if (count > size) throw new UnmaskError(`r is ${r}, which takes ${count} entries, but a weight has ${size}: choose a smaller one`, { code: 'bad-data' });
    this.shira_weight = new Parameter([count], zero ? undefined : () => normal(count, random.fork('values')));
    this.#shape = [outFeatures, inFeatures];
    this.#entries = (seed === null ? random.shuffle(Int32Array.from({ length: size }, (_, index) => index)).slice(0, count) : new TorchRandom(seed).permutation(size, count)).sort();
  }

  /** Flat indices of the entries in a weight [out, in], ascending. */
  get entries(): Int32Array {
    return this.#entries;
  }

  /** Chooses which entries train, e.g. those that an importance metric finds. @throws UnmaskError when they are not as many, not ascending or not in the weight */
  set entries(entries: Int32Array) {
    const size = this.#shape[0] * this.#shape[1];
    const stray = entries.findIndex((entry, index) => entry < 0 || entry >= size || (index > 0 && entry <= entries[index - 1]));
    if (entries.length !== this.shira_weight.size || stray >= 0) {
      throw new UnmaskError(`SHiRA takes ${this.shira_weight.size} ascending indices of entries below ${size}, not ${entries.length}${stray >= 0 ? ` with ${entries[stray]} at ${stray}` : ''}`, { code: 'bad-data' });
    }
    this.#entries = entries.slice();
  }

  /** The rows of the entries, then their columns. */
  override get indexTensors(): readonly IndexTensor[] {
    const columns = this.#shape[1];
    const count = this.#entries.length;
    return [
      {
        name: 'shira_indices',
        shape: [2, count],
        read: () => Int32Array.from({ length: 2 * count }, (_, index) => (index < count ? Math.floor(this.#entries[index] / columns) : this.#entries[index - count] % columns)),
        write: (places) => {
          this.entries = places.slice(0, count).map((row, index) => row * columns + places[count + index]);
        },
      },
    ];
  }

  protected override delta(): tf.Tensor {
    return sparseMatrix(this.shira_weight, this.#entries, this.#shape);
  }
}
