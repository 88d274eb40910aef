/** Finds which of many strings a text goes on with, in time that their number hardly matters to. */
export class Prefixes {
  readonly #sorted: readonly string[];
  /** Where the strings with each first code unit begin and end. */
  readonly #ranges = new Map<number, readonly [start: number, end: number]>();

  /** @param strings none of them empty */
  constructor(strings: Iterable<string>) {
    this.#sorted = [...strings].sort((first, second) => (first < second ? -1 : 1));
    for (let start = 0; start < this.#sorted.length; ) {
      const unit = this.#sorted[start].charCodeAt(0);
      const end = this.#firstAfter(start, this.#sorted.length, 0, unit);
      this.#ranges.set(unit, [start, end]);
      start = end;
    }
  }

  /** The strings that stand in a text at an index, the shortest first. */
  at(text: string, index: number): string[] {
    const found: string[] = [];
    let [start, end] = this.#ranges.get(text.charCodeAt(index)) ?? [0, 0];
    for (let depth = 1; start < end; depth++) {
      // of those that agree so far, one that ends here comes first
      if (this.#sorted[start].length === depth) found.push(this.#sorted[start++]);
      const unit = text.charCodeAt(index + depth); // NaN at the end, which nothing is below or equal to
      [start, end] = [this.#firstAfter(start, end, depth, unit - 1), this.#firstAfter(start, end, depth, unit)];
    }
    return found;
  }

  /** The first of some strings, alike up to `depth`, whose code unit there is above another one. */
  #firstAfter(start: number, end: number, depth: number, unit: number): number {
    while (start < end) {
      const middle = (start + end) >>> 1;
      if (this.#sorted[middle].charCodeAt(depth) <= unit) start = middle + 1;
      else end = middle;
    }
    return start;
  }
}
