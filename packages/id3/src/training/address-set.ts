/** A set of addresses below a limit, a bit each. */
export class AddressSet {
  readonly #words: Uint32Array;
  #size = 0;

  constructor(limit: number) {
    this.#words = new Uint32Array(Math.ceil(limit / 32));
  }

  /** How many members it has. */
  get size(): number {
    return this.#size;
  }

  /** Adds addresses; those that are in the set stay. */
  add(addresses: Uint32Array): void {
    for (const address of addresses) {
      const bit = 1 << (address & 31);
      const word = this.#words[address >>> 5];
      if ((word & bit) === 0) this.#size++;
      this.#words[address >>> 5] = word | bit;
    }
  }

  /** The members in [start, end), less `start`, ascending. */
  within({ start, end }: { readonly start: number; readonly end: number }): Int32Array {
    const found: number[] = [];
    for (let address = start; address < end; ) {
      const word = this.#words[address >>> 5] >>> (address & 31);
      if (word === 0) {
        address = ((address >>> 5) + 1) * 32;
      } else {
        if (word & 1) found.push(address - start);
        address++;
      }
    }
    return Int32Array.from(found);
  }
}
