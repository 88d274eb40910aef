import { hostValues, type ParameterGradient } from '@unmask/tensor-core';
import { spansOf, type Region } from './regions.js';
import type { ChosenEntries } from './top-candidates.js';

type Column = Float32Array | Int32Array | Uint32Array;

/**
 * The entries that train, Λ, with the optimizer state that they alone have: aligned columns, ascending by address.
 * Masked entries have no state at all, so memory is O(budget).
 */
export class UnmaskedEntries {
  #count = 0;
  #addresses: Uint32Array = new Uint32Array(0);
  #gradients: Float32Array = new Float32Array(0);
  #slots: Float32Array[];
  #ages: Int32Array | undefined;
  #origins: Float32Array | undefined;

  /**
   * @param slots state floats an entry
   * @param countAges whether to count each entry's updates
   * @param keepOrigins whether to remember the value that each entry had before it trained
   */
  constructor(slots: number, countAges: boolean, keepOrigins = false) {
    this.#slots = Array.from({ length: slots }, () => new Float32Array(0));
    this.#ages = countAges ? new Int32Array(0) : undefined;
    this.#origins = keepOrigins ? new Float32Array(0) : undefined;
  }

  get count(): number {
    return this.#count;
  }

  /** State floats an entry. */
  get slots(): number {
    return this.#slots.length;
  }

  /** Whether each entry's updates are counted. */
  get countsAges(): boolean {
    return this.#ages !== undefined;
  }

  /** The gradients of all entries, ascending by address. */
  get gradients(): Float32Array {
    return this.#gradients.subarray(0, this.#count);
  }

  /** How many entries of a region are unmasked. */
  countIn(region: Region): number {
    const [from, to] = this.#positionsIn(region);
    return to - from;
  }

  /** Flat indices of a region's unmasked entries, ascending. */
  indicesIn(region: Region): Int32Array {
    const [from, to] = this.#positionsIn(region);
    const indices = new Int32Array(to - from);
    for (let i = from; i < to; i++) indices[i - from] = this.#addresses[i] - region.start;
    return indices;
  }

  /** Position of the first entry at `address` or behind it. */
  #positionOf(address: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#addresses[middle] < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether an entry is unmasked. */
  has(address: number): boolean {
    const position = this.#positionOf(address);
    return position < this.#count && this.#addresses[position] === address;
  }

  /** What an update rule needs of a region's entries, as views. `ages` is undefined when they are not counted. */
  slice(region: Region): { gradients: Float32Array; slots: Float32Array[]; ages: Int32Array | undefined } {
    const [from, to] = this.#positionsIn(region);
    return {
      gradients: this.#gradients.subarray(from, to),
      slots: this.#slots.map((slot) => slot.subarray(from, to)),
      ages: this.#ages?.subarray(from, to),
    };
  }

  /** Whether it remembers the value that each entry had before it trained. */
  get keepsOrigins(): boolean {
    return this.#origins !== undefined;
  }

  /** The values that a region's entries had before they trained, as a view; where they are remembered. */
  originsIn(region: Region): Float32Array {
    return this.#origins!.subarray(...this.#positionsIn(region));
  }

  /** Sets every entry's gradient to zero. */
  clearGradients(): void {
    this.#gradients.fill(0);
  }

  /**
   * Notes what a gradient holds of a region's entries.
   * @returns false when one of these is NaN or infinite
   */
  gather(region: Region, gradient: ParameterGradient): boolean {
    const [from, to] = this.#positionsIn(region);
    if (from === to) return true;
    const { tensor, entries } = gradient;
    if (entries) return this.#note(from, to, hostValues(tensor), 0, undefined);
    const values = hostValues(tensor);
    return spansOf(region.parameter, gradient).every(({ start, length, gradientStart }) => {
      const address = region.start + start;
      return this.#note(this.#positionOf(address), this.#positionOf(address + length), values, gradientStart, address);
    });
  }

  /** Which of a region's entries a gradient of all entries or some rows covers: their positions here, and where in the gradient. */
  coveredBy(region: Region, gradient: ParameterGradient): { positions: Int32Array; gradientIndices: Int32Array } {
    const [positions, gradientIndices]: [number[], number[]] = [[], []];
    for (const { start, length, gradientStart } of spansOf(region.parameter, gradient)) {
      const address = region.start + start;
      for (let i = this.#positionOf(address), end = this.#positionOf(address + length); i < end; i++) {
        positions.push(i);
        gradientIndices.push(gradientStart + this.#addresses[i] - address);
      }
    }
    return { positions: Int32Array.from(positions), gradientIndices: Int32Array.from(gradientIndices) };
  }

  /** Notes the gradients of the entries at some positions. */
  noteAt(positions: Int32Array, gradients: Float32Array): void {
    positions.forEach((position, index) => (this.#gradients[position] = gradients[index]));
  }

  /** Takes the entries out of a selection: sets their scores, among `count` consecutive addresses, to zero. */
  excludeFrom(scores: Float32Array, address: number, count: number): void {
    const end = address + count;
    for (let i = this.#positionOf(address); i < this.#count && this.#addresses[i] < end; i++) scores[this.#addresses[i] - address] = 0;
  }

  /** Adds entries that are not unmasked yet, with state zero. @param origins their values, where they are remembered */
  add({ addresses, gradients }: ChosenEntries, origins?: Float32Array): void {
    this.#reserve(this.#count + addresses.length);
    const positions = Uint32Array.from(addresses, (address) => this.#positionOf(address));
    insert(this.#addresses, this.#count, positions, addresses);
    insert(this.#gradients, this.#count, positions, gradients);
    for (const slot of this.#slots) insert(slot, this.#count, positions);
    if (this.#ages) insert(this.#ages, this.#count, positions);
    if (this.#origins) insert(this.#origins, this.#count, positions, origins);
    this.#count += addresses.length;
  }

  /** Removes entries with their state. @param addresses of unmasked entries, ascending */
  remove(addresses: Uint32Array): void {
    const gone = new Set(addresses);
    const kept = Uint32Array.from({ length: this.#count }, (_, position) => position).filter((position) => !gone.has(this.#addresses[position]));
    for (const column of [this.#addresses, this.#gradients, ...this.#slots, this.#ages, this.#origins]) {
      if (column) kept.forEach((position, index) => (column[index] = column[position]));
    }
    this.#count = kept.length;
  }

  /** Becomes the given entries: those that are unmasked already keep their state, others start at zero. */
  replace({ addresses, gradients }: ChosenEntries): void {
    const positions = Int32Array.from(addresses, (address) => (this.has(address) ? this.#positionOf(address) : -1));
    const kept = <T extends Float32Array | Int32Array>(column: T, into: T): T => {
      positions.forEach((position, i) => { if (position >= 0) into[i] = column[position]; });
      return into;
    };
    this.#slots = this.#slots.map((slot) => kept(slot, new Float32Array(addresses.length)));
    if (this.#ages) this.#ages = kept(this.#ages, new Int32Array(addresses.length));
    this.#addresses = addresses;
    this.#gradients = gradients;
    this.#count = addresses.length;
  }

  /** Puts entries and their state in place of what there is. */
  restore(addresses: Uint32Array, slots: Float32Array[], ages: Int32Array | undefined, origins: Float32Array | undefined): void {
    this.#addresses = addresses;
    this.#gradients = new Float32Array(addresses.length);
    this.#slots = slots;
    this.#ages = ages;
    this.#origins = origins;
    this.#count = addresses.length;
  }

  /** Counts one more update of every entry. */
  grow(): void {
    const ages = this.#ages;
    if (ages) for (let i = 0; i < this.#count; i++) ages[i]++;
  }

  /**
   * Notes gradients of the entries at positions [from, to): in their order, or each at its distance from `address`.
   * @returns false when one of them is NaN or infinite
   */
  #note(from: number, to: number, gradients: Float32Array, offset: number, address: number | undefined): boolean {
    for (let i = from; i < to; i++) {
      const gradient = gradients[offset + (address === undefined ? i - from : this.#addresses[i] - address)];
      if (gradient - gradient !== 0) return false;
      this.#gradients[i] = gradient;
    }
    return true;
  }

  /** Positions [from, to) of a region's entries. */
  #positionsIn({ start, end }: Region): [number, number] {
    return [this.#positionOf(start), this.#positionOf(end)];
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
    if (this.#origins) this.#origins = larger(this.#origins, new Float32Array(capacity));
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
