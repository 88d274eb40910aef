import { UnmaskError, type Parameter } from '@unmask/tensor-core';
import { baseValues, checkPart, type Delta, type DenseDelta, type SparseDelta } from './delta.js';

/** How two sets of trained entries lie to each other. */
export interface Overlap {
  /** Entries in both deltas. */
  readonly both: number;
  readonly onlyA: number;
  readonly onlyB: number;
  /** both / (both + onlyA + onlyB), from 0 to 1; 1 when all three are 0. */
  readonly jaccard: number;
  /** Largest |a − b| over the entries in both; 0 when there are none. */
  readonly maxDifference: number;
  /**
   * Pearson correlation of the changes a − base and b − base over the entries in both, from −1 to 1: whether they were moved
   * alike. NaN for fewer than two entries, or when all changes in one delta are equal; absent without a base.
   */
  readonly correlation?: number;
}

/** {@link Overlap} within one parameter; one trained in full has all of its entries. */
export interface ParameterOverlap extends Overlap {
  readonly name: string;
  readonly shape: readonly number[];
}

/** How two deltas differ. */
export interface DeltaDifference {
  /** Every parameter that one of them mentions, in the order of the first, then of the second. */
  readonly parameters: readonly ParameterOverlap[];
  /** All parameters together. */
  readonly total: Overlap;
}

type Part = SparseDelta | DenseDelta;

/**
 * Compares the entries that two training runs chose, and what became of those that both chose.
 * @param base the parameters from before training, for the correlation of the changes; they are read only
 * @throws UnmaskError when a part is malformed, or the deltas are of different models or not of this base
 */
export function diffDeltas(a: Delta, b: Delta, base?: readonly Parameter[]): DeltaDifference {
  const [partsOfA, partsOfB] = [partsOf(a), partsOf(b)];
  const byName = base && new Map(base.map((parameter) => [parameter.name, parameter]));
  const every = new Comparison();
  const parameters = [...new Set([...partsOfA.keys(), ...partsOfB.keys()])].map((name): ParameterOverlap => {
    const [left, right] = [partsOfA.get(name), partsOfB.get(name)];
    const { shape } = (left ?? right)!;
    if (left && right && left.shape.join() !== right.shape.join()) {
      throw new UnmaskError(`"${name}" has shape [${left.shape.join(', ')}] in the first delta and [${right.shape.join(', ')}] in the second: compare deltas of the same model`);
    }
    const former = byName && baseValues(byName, (left ?? right)!);
    const here = new Comparison();
    for (const comparison of [here, every]) comparison.add(left, right, former);
    return { name, shape, ...here.overlap(base !== undefined) };
  });
  return { parameters, total: every.overlap(base !== undefined) };
}

/** The parts by name, checked. */
function partsOf(delta: Delta): Map<string, Part> {
  const parts = [...delta.entries, ...delta.dense];
  for (const part of parts) checkPart(part, (problem) => new UnmaskError(`the delta of "${part.name}" ${problem}`));
  return new Map(parts.map((part) => [part.name, part]));
}

/** Two sets of entries, compared as they come. */
class Comparison {
  #both = 0;
  #onlyA = 0;
  #onlyB = 0;
  #maxDifference = 0;
  /** Means of the changes, and sums of squares and products around them (Welford's method). */
  #meanA = 0;
  #meanB = 0;
  #squaresA = 0;
  #squaresB = 0;
  #products = 0;

  /** @param former base values aligned with the entries of `a` */
  add(a: Part | undefined, b: Part | undefined, former: Float32Array | undefined): void {
    const [lengthA, lengthB] = [a?.values.length ?? 0, b?.values.length ?? 0];
    let [i, j, shared] = [0, 0, 0];
    while (i < lengthA && j < lengthB) {
      const [left, right] = [a!.indices?.[i] ?? i, b!.indices?.[j] ?? j];
      if (left === right) {
        this.#both++;
        shared++;
        const [valueA, valueB] = [a!.values[i], b!.values[j]];
        this.#maxDifference = Math.max(this.#maxDifference, Math.abs(valueA - valueB));
        if (former) this.#correlate(valueA - former[i], valueB - former[i]);
      }
      if (left <= right) i++;
      if (right <= left) j++;
    }
    this.#onlyA += lengthA - shared;
    this.#onlyB += lengthB - shared;
  }

  #correlate(changeA: number, changeB: number): void {
    const [fromA, fromB] = [changeA - this.#meanA, changeB - this.#meanB];
    this.#meanA += fromA / this.#both;
    this.#meanB += fromB / this.#both;
    this.#squaresA += fromA * (changeA - this.#meanA);
    this.#squaresB += fromB * (changeB - this.#meanB);
    this.#products += fromA * (changeB - this.#meanB);
  }

  overlap(withCorrelation: boolean): Overlap {
    const [both, onlyA, onlyB] = [this.#both, this.#onlyA, this.#onlyB];
    const union = both + onlyA + onlyB;
    const facts = { both, onlyA, onlyB, jaccard: union === 0 ? 1 : both / union, maxDifference: this.#maxDifference };
    if (!withCorrelation) return facts;
    const correlation = this.#products / Math.sqrt(this.#squaresA) / Math.sqrt(this.#squaresB);
    return { ...facts, correlation: Math.max(-1, Math.min(1, correlation)) };
  }
}
