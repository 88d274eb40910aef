import type { ChosenEntries } from './top-candidates.js';

type Column = Float32Array | Int32Array | Uint32Array;

/**
 * The entries that train, Λ, with the optimizer state that they alone have: aligned columns, ascending by address.
 * Masked entries have no state at all, so memory is O(budget).
 */
export class UnmaskedEntries {
  #count = 0;
  #addresses = new Uint32Array(0);
  #gradients = new Float32Array(0);
  #slots: Float32Array[];
  #ages: Int32Array | undefined;

  /**
   * @param slots state floats an entry
   * @param countAges whether to count each entry's updates
   */
  constructor(slots: number, countAges: boolean) {
    this.#slots = Array.from({ length: slots }, () => new Float32Array(0));
    this.#ages = countAges ? new Int32Array(0) : undefined;
  }

  get count(): number {
    return this.#count;
  }

  /** Addresses of the entries, ascending. */
  get addresses(): Uint32Array {
    return this.#addresses.subarray(0, this.#count);
  }

  /** Position of the first entry at `address` or behind it. */
  positionOf(address: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#addresses[middle] < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** What an update rule needs of the entries at positions [from, to). `ages` is undefined when they are not counted. */
  slice(from: number, to: number): { gradients: Float32Array; slots: Float32Array[]; ages: Int32Array | undefined } {
    return {
      gradients: this.#gradients.subarray(from, to),
      slots: this.#slots.map((slot) => slot.subarray(from, to)),
      ages: this.#ages?.subarray(from, to),
    };
  }

  /** Sets every entry's gradient to zero. */
  clearGradients(): void {
    this.#gradients.fill(0);
  }

  /**
   * Notes the gradients of the entries among `count` consecutive addresses.
   * @returns false when one of them is NaN or infinite
   */
  gather(address: number, count: number, gradients: Float32Array, gradientOffset: number): boolean {
    const end = address + count;
    for (let i = this.positionOf(address); i < this.#count && this.#addresses[i] < end; i++) {
      const gradient = gradients[gradientOffset + this.#addresses[i] - address];
      if (gradient - gradient !== 0) return false;
      this.#gradients[i] = gradient;
    }
    return true;
  }

  /** Takes the entries out of a selection: sets their scores, among `count` consecutive addresses, to zero. */
  excludeFrom(scores: Float32Array, address: number, count: number): void {
    const end = address + count;
    for (let i = this.positionOf(address); i < this.#count && this.#addresses[i] < end; i++) scores[this.#addresses[i] - address] = 0;
  }

  /** Adds entries that are not unmasked yet, with state zero. */
  add({ addresses, gradients }: ChosenEntries): void {
    this.#reserve(this.#count + addresses.length);
    const positions = Uint32Array.from(addresses, (address) => this.positionOf(address));
    insert(this.#addresses, this.#count, positions, addresses);
    insert(this.#gradients, this.#count, positions, gradients);
    for (const slot of this.#slots) insert(slot, this.#count, positions);
    if (this.#ages) insert(this.#ages, this.#count, positions);
    this.#count += addresses.length;
  }

  /** Counts one more update of every entry. */
  grow(): void {
    const ages = this.#ages;
    if (ages) for (let i = 0; i < this.#count; i++) ages[i]++;
  }

  #reserve(needed: number): void {
    if (needed <= this.#addresses.length) return;
    // A static mask gets what it needs and no more; one that grows is copied rarely.
    const capacity = Math.max(needed, Math.floor(1.5 * this.#addresses.length));
    const larger = <T extends Column>(column: T, copy: T): T => {
      copy.set(column);
      return copy;
    };
    this.#addresses = larger(this.#addresses, new Uint32Array(capacity));
    this.#gradients = larger(this.#gradients, new Float32Array(capacity));
    this.#slots = this.#slots.map((slot) => larger(slot, new Float32Array(capacity)));
    if (this.#ages) this.#ages = larger(this.#ages, new Int32Array(capacity));
  }
}

/**
 * Inserts values before the given positions (ascending) of a column's first `count` elements, in place and from the back,
 * so that every element moves once. Inserts zeros without `values`.
 */
function insert(column: Column, count: number, positions: Uint32Array, values?: Column): void {
  let end = count;
  for (let i = positions.length - 1; i >= 0; i--) {
    const position = positions[i];
    if (position < end) column.copyWithin(position + i + 1, position, end);
    column[position + i] = values ? values[i] : 0;
    end = position;
  }
}
