import { UnmaskError } from '@unmask/tensor-core';
import type { AdapterState } from '../../method.js';
import type { RosaConfig } from './config.js';
import type { RosaLinear } from './rosa.js';

/**
 * Chooses the entries of each weight while the adapter trains: LoRA's part trains alone at first, then gradients of whole weights are
 * looked at, and the entries that they move most train from the next step on.
 */
export class RosaMasks implements AdapterState {
  readonly #layers: ReadonlyMap<string, RosaLinear>;
  readonly #config: RosaConfig;
  /** Sums over steps by layers' names, while they are looked at. */
  #sums = new Map<string, Float32Array>();
  #chosen = false;

  constructor(layers: ReadonlyMap<string, RosaLinear>, config: RosaConfig) {
    this.#layers = layers;
    this.#config = config;
    this.#watch(config.warmup_steps === 0);
  }

  /** @param step the number of steps done */
  afterStep(step: number): void {
    const { warmup_steps: first, spa_num_grads: count } = this.#config;
    if (this.#chosen) return;
    if (step >= first + count) this.#choose();
    else this.#watch(step >= first);
  }

  save(): ReadonlyMap<string, Float32Array> {
    const entries = [...this.#layers].map(([path, { entries: own }]): [string, Float32Array] => [`${path}.entries`, new Float32Array(Int32Array.from(own).buffer)]); // whole numbers by their bits
    return new Map([...entries, ...[...this.#sums].map(([path, sums]): [string, Float32Array] => [`${path}.sums`, sums.slice()]), ['chosen', Float32Array.of(Number(this.#chosen))]]);
  }

  restore(saved: ReadonlyMap<string, Float32Array>): void {
    if (!saved.has('chosen') || [...this.#layers.keys()].some((path) => !saved.has(`${path}.entries`))) throw new UnmaskError('the saved state is not of this RoSA adapter, which has other layers');
    this.#chosen = saved.get('chosen')![0] === 1;
    const sums = [...this.#layers.keys()].flatMap((path) => (saved.has(`${path}.sums`) ? [[path, saved.get(`${path}.sums`)!.slice()] as const] : []));
    this.#watch(sums.length > 0);
    this.#sums = new Map(sums);
    for (const [path, layer] of this.#layers) {
      const words = saved.get(`${path}.entries`)!;
      layer.entries = new Int32Array(words.buffer.slice(words.byteOffset, words.byteOffset + words.byteLength));
    }
  }

  /** Looks at gradients from now on, or lets entries wait at zero. */
  #watch(looks: boolean): void {
    const squared = this.#config.grad_acc_mode === 'mean_squared';
    for (const [path, layer] of this.#layers) {
      layer.observer = (gradients) => {
        if (!looks) return;
        const sums = this.#sums.get(path) ?? new Float32Array(layer.size);
        this.#sums.set(path, sums);
        for (let index = 0; index < sums.length; index++) sums[index] += squared ? gradients[index] ** 2 : gradients[index];
      };
    }
  }

  #choose(): void {
    for (const [path, layer] of this.#layers) {
      layer.observer = undefined;
      const sums = this.#sums.get(path);
      if (sums) layer.entries = greatest(sums, layer.entries.length);
    }
    this.#sums.clear();
    this.#chosen = true;
  }
}

/** Indices of the `count` entries of the greatest size, ascending; the lower ones of equal ones. */
export function greatest(values: Float32Array, count: number): Int32Array {
  const threshold = Float32Array.from(values, Math.abs).sort()[values.length - count];
  const above = values.reduce((sum, value) => sum + Number(Math.abs(value) > threshold), 0);
  let equal = count - above;
  const chosen: number[] = [];
  values.forEach((value, index) => {
    if (Math.abs(value) > threshold || (Math.abs(value) === threshold && equal-- > 0)) chosen.push(index);
  });
  return Int32Array.from(chosen);
}
