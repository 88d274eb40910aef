/** The four words of a generator; plain data, so that a checkpoint can hold it. */
export type RandomState = readonly [number, number, number, number];

// Looked up once: where scripts run in a context of their own, as in Jest, a global costs microseconds each time.
const { cos, floor, imul, log, sqrt } = Math;
const TURN = 2 * Math.PI;

/** 32-bit FNV-1a hash of a string's UTF-16 units. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}

/** Expands one 32-bit word into four (splitmix32), none of which leaves the generator at its all-zero fixed point. */
function expand(seed: number): RandomState {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let word = imul(state ^ (state >>> 16), 0x21f0aaad);
    word = imul(word ^ (word >>> 15), 0x735a2d97);
    return (word ^ (word >>> 15)) >>> 0;
  };
  return [next(), next(), next(), next() | 1];
}

const rotateLeft = (word: number, bits: number) => (word << bits) | (word >>> (32 - bits));

/**
 * The project's only source of randomness: xoshiro128** (Blackman & Vigna, 2018), seeded explicitly.
 * The same seed gives the same numbers on every platform.
 */
export class Random {
  readonly #seed: string;
  #words: [number, number, number, number];

  /** @param seed a number or any string; equal seeds give equal sequences. */
  constructor(seed: number | string) {
    this.#seed = String(seed);
    this.#words = [...expand(hash(this.#seed))];
  }

  /** A generator that goes on from another one's `state`. */
  static at(state: RandomState): Random {
    const random = new Random('');
    random.state = state;
    return random;
  }

  /** An independent generator that depends only on this one's seed and `label`, not on what was drawn so far. */
  fork(label: string): Random {
    return new Random(`${this.#seed}/${label}`);
  }

  /** Where the sequence stands; assign it back to continue from there. */
  get state(): RandomState {
    return [...this.#words];
  }

  set state(state: RandomState) {
    this.#words = [...state];
  }

  /** The next integer in [0, 2³²). */
  uint32(): number {
    const words = this.#words;
    const result = imul(rotateLeft(imul(words[1], 5), 7), 9) >>> 0;
    const shifted = words[1] << 9;
    words[2] ^= words[0];
    words[3] ^= words[1];
    words[1] ^= words[2];
    words[0] ^= words[3];
    words[2] ^= shifted;
    words[3] = rotateLeft(words[3], 11);
    return result;
  }

  /** The next number in [0, 1), with 32 random bits. */
  uniform(): number {
    return this.uint32() / 0x100000000;
  }

  /** The next integer in [0, below). @param below 1 … 2³². */
  integer(below: number): number {
    return floor(this.uniform() * below);
  }

  /** One of `items`, each as likely; there must be one. */
  choose<T>(items: readonly T[]): T {
    return items[this.integer(items.length)];
  }

  /** The next draw from the standard normal distribution (Box–Muller). */
  normal(): number {
    return sqrt(-2 * log(1 - this.uniform())) * cos(TURN * this.uniform());
  }

  /** Shuffles `items` in place (Fisher–Yates) and returns them. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      [items[last], items[other]] = [items[other], items[last]];
    }
    return items;
  }

  /**
   * Fills `out` with dropout factors: 0 with probability `rate`, else 1/(1−rate). Each draw uses 16 bits,
   * so the rate is kept to within 1/65,536.
   */
  fillDropout(out: Float32Array, rate: number): Float32Array {
    const threshold = Math.round(rate * 0x10000);
    const kept = 1 / (1 - rate);
    let [a, b, c, d] = this.#words;
    for (let index = 0; index < out.length; index += 2) {
      const word = imul(rotateLeft(imul(b, 5), 7), 9);
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = rotateLeft(d, 11);
      out[index] = (word & 0xffff) < threshold ? 0 : kept;
      out[index + 1] = word >>> 16 < threshold ? 0 : kept; // past an odd end: ignored by the typed array
    }
    this.#words = [a, b, c, d];
    return out;
  }
}
