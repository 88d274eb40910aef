/**
 * Shares a growing total among holders in proportion to their claims, by default their sizes, by the method of Sainte-Laguë: seat number j goes to
 * the holder with the largest claim/(2·seats + 1). Unlike rounding, it never takes a seat back when the total grows, and
 * the shares always sum to the total exactly. No holder gets more seats than its size.
 */
export class Apportionment {
  readonly #sizes: readonly number[];
  readonly #claims: readonly number[];
  readonly #seats: number[];
  /** Holders that can take more, as a binary heap by claim. */
  readonly #heap: number[];
  #total = 0;

  constructor(sizes: readonly number[], claims = sizes) {
    this.#sizes = sizes;
    this.#claims = claims;
    this.#seats = sizes.map(() => 0);
    this.#heap = sizes.flatMap((size, holder) => (size > 0 && claims[holder] > 0 ? [holder] : [])).sort((a, b) => this.#compare(a, b));
  }

  /** Everyone's seats once there are `total` of them; the total may not fall from call to call. O(log n) a new seat. */
  grow(total: number): readonly number[] {
    for (; this.#total < total && this.#heap.length > 0; this.#total++) {
      const holder = this.#heap[0];
      this.#seats[holder]++;
      if (this.#seats[holder] === this.#sizes[holder]) {
        const last = this.#heap.pop()!;
        if (this.#heap.length > 0) this.#heap[0] = last;
      }
      this.#sink();
    }
    return this.#seats;
  }

  /** Restores the heap below its root, whose claim has fallen. */
  #sink(): void {
    const heap = this.#heap;
    for (let place = 0; ; ) {
      let best = place;
      for (const child of [2 * place + 1, 2 * place + 2]) {
        if (child < heap.length && this.#compare(heap[child], heap[best]) < 0) best = child;
      }
      if (best === place) return;
      [heap[place], heap[best]] = [heap[best], heap[place]];
      place = best;
    }
  }

  /** Negative when `a` comes first: the larger claim, then the lower number. */
  #compare(a: number, b: number): number {
    const claim = (holder: number) => this.#claims[holder] / (2 * this.#seats[holder] + 1);
    return claim(b) - claim(a) || a - b;
  }
}
