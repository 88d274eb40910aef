/** The smallest positive float32: what an entry must score to be eligible at all. */
const SMALLEST_SCORE = 2 ** -149;

/** Chosen entries, ascending by address. */
export interface ChosenEntries {
  readonly addresses: Uint32Array;
  /** Aligned with `addresses`. */
  readonly gradients: Float32Array;
}

/**
 * The `keep` best of a stream of scored entries, in memory for about twice as many, whatever the stream's length.
 *
 * Best is a total order: higher score first, lower address among equal scores. The result is therefore exact and does
 * not depend on the order of arrival. Entries gather in a buffer; when it is full, quickselect moves the best `keep` to
 * its front and drops the rest. The worst one kept is the threshold from then on: whatever ranks behind it can no longer
 * win. Cost: one comparison for nearly every entry, and O(1) amortized for those that enter.
 */
export class TopCandidates {
  /** How many to choose. */
  readonly keep: number;
  readonly #capacity: number;
  readonly #scores: Float32Array;
  /** Two words an entry: its gradient's bits, then its address, so that as one little-endian integer they sort by address. */
  readonly #words: Uint32Array;
  readonly #gradients: Float32Array;
  #count = 0;
  #thresholdScore = SMALLEST_SCORE;
  #thresholdAddress = Infinity;

  /**
   * @param keep how many to choose
   * @param available how many entries the stream has at most
   */
  constructor(keep: number, available: number) {
    this.keep = keep;
    this.#capacity = Math.min(Math.max(2 * keep, Math.min(1024, 16 * keep)), available); // thousands of rows may have a pool each
    this.#scores = new Float32Array(this.#capacity);
    this.#words = new Uint32Array(2 * this.#capacity);
    this.#gradients = new Float32Array(this.#words.buffer);
  }

  /** Whatever scores below it cannot be chosen any more. */
  get threshold(): number {
    return this.#thresholdScore;
  }

  /**
   * Offers entries at consecutive addresses.
   * @param gradients of the entries, from `gradientOffset` on; undefined when the scores do not depend on gradients
   * @returns false when a gradient is NaN or infinite: then the candidates are of no use any more
   */
  offer(scores: Float32Array, count: number, address: number, gradients: Float32Array | undefined, gradientOffset: number): boolean {
    let thresholdScore = this.#thresholdScore;
    const lastFour = count - 4;
    for (let i = 0; i < count; i++) {
      // Nearly all entries are below the threshold: to skip them by fours takes half the time.
      while (i <= lastFour && scores[i] < thresholdScore && scores[i + 1] < thresholdScore && scores[i + 2] < thresholdScore && scores[i + 3] < thresholdScore) i += 4;
      if (i === count) break;
      const score = scores[i];
      if (score < thresholdScore) continue; // false for NaN, the score of a bad gradient
      const gradient = gradients ? gradients[gradientOffset + i] : 0;
      if (gradient - gradient !== 0) return false;
      if (score > thresholdScore || (score === thresholdScore && address + i < this.#thresholdAddress)) {
        this.#add(score, address + i, gradient);
        thresholdScore = this.#thresholdScore;
      }
    }
    return true;
  }

  /** Offers one entry, whose gradient is finite. */
  offerOne(score: number, address: number, gradient: number): void {
    if (score >= SMALLEST_SCORE && !this.#ranksBehind(score, address, this.#thresholdScore, this.#thresholdAddress)) this.#add(score, address, gradient);
  }

  /** The best entries: `keep`, or fewer when fewer scored above zero. */
  take(): ChosenEntries {
    if (this.#count > this.keep) this.#dropAllButBest();
    new BigUint64Array(this.#words.buffer, 0, this.#count).sort();
    const addresses = new Uint32Array(this.#count);
    const gradients = new Float32Array(this.#count);
    for (let i = 0; i < this.#count; i++) {
      gradients[i] = this.#gradients[2 * i];
      addresses[i] = this.#words[2 * i + 1];
    }
    return { addresses, gradients };
  }

  #add(score: number, address: number, gradient: number): void {
    if (this.#count === this.#capacity) {
      this.#dropAllButBest();
      if (this.#ranksBehind(score, address, this.#thresholdScore, this.#thresholdAddress)) return;
    }
    this.#scores[this.#count] = score;
    this.#gradients[2 * this.#count] = gradient;
    this.#words[2 * this.#count + 1] = address;
    this.#count++;
  }

  /** Moves the best `keep` entries to the front (Hoare's quickselect), forgets the others and raises the threshold. */
  #dropAllButBest(): void {
    const [scores, words] = [this.#scores, this.#words];
    const last = this.keep - 1;
    let low = 0;
    let high = this.#count - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const [pivotScore, pivotAddress] = [scores[middle], words[2 * middle + 1]];
      let left = low;
      let right = high;
      while (left <= right) {
        while (this.#ranksBehind(pivotScore, pivotAddress, scores[left], words[2 * left + 1])) left++;
        while (this.#ranksBehind(scores[right], words[2 * right + 1], pivotScore, pivotAddress)) right--;
        if (left <= right) this.#swap(left++, right--);
      }
      if (last <= right) high = right;
      else if (last >= left) low = left;
      else break;
    }
    this.#count = this.keep;
    this.#thresholdScore = scores[last];
    this.#thresholdAddress = words[2 * last + 1];
  }

  #ranksBehind(score: number, address: number, otherScore: number, otherAddress: number): boolean {
    return score < otherScore || (score === otherScore && address > otherAddress);
  }

  #swap(left: number, right: number): void {
    const [scores, words] = [this.#scores, this.#words];
    const score = scores[left];
    scores[left] = scores[right];
    scores[right] = score;
    for (let word = 0; word < 2; word++) {
      const held = words[2 * left + word];
      words[2 * left + word] = words[2 * right + word];
      words[2 * right + word] = held;
    }
  }
}
