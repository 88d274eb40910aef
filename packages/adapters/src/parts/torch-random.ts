const LENGTH = 624;
const MIDDLE = 397;

/**
 * PyTorch's random numbers on a CPU: the Mersenne twister MT19937 (Matsumoto and Nishimura 1998). HF PEFT's files name a seed
 * where a method draws what does not train, so the same numbers have to come of it.
 */
export class TorchRandom {
  readonly #words = new Uint32Array(LENGTH);
  #next = LENGTH;

  /** @param seed a whole number; its lower 32 bits count, as in PyTorch */
  constructor(seed: number) {
    this.#words[0] = seed;
    for (let index = 1; index < LENGTH; index++) {
      const before = this.#words[index - 1];
      this.#words[index] = Math.imul(1812433253, before ^ (before >>> 30)) + index;
    }
  }

  /** The next integer in [0, 2³²). */
  uint32(): number {
    if (this.#next === LENGTH) this.#twist();
    let word = this.#words[this.#next++];
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  /** `tensor.uniform_(-bound, bound)` of float32 numbers. */
  uniform(size: number, bound: number): Float32Array {
    const [low, width] = [Math.fround(-bound), Math.fround(Math.fround(bound) - Math.fround(-bound))];
    return Float32Array.from({ length: size }, () => Math.fround((this.uint32() & 0xffffff) * 2 ** -24 * width) + low);
  }

  /** The first `count` entries of `torch.randperm(size)`. @param size below 2³²/20 */
  permutation(size: number, count: number): Int32Array {
    const numbers = Int32Array.from({ length: size }, (_, index) => index);
    for (let index = 0; index < count; index++) {
      const other = index + (this.uint32() % (size - index));
      [numbers[index], numbers[other]] = [numbers[other], numbers[index]];
    }
    return numbers.slice(0, count);
  }

  #twist(): void {
    const words = this.#words;
    for (let index = 0; index < LENGTH; index++) {
      const joined = (words[index] & 0x80000000) | (words[(index + 1) % LENGTH] & 0x7fffffff);
      words[index] = words[(index + MIDDLE) % LENGTH] ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0);
    }
    this.#next = 0;
  }
}
