import { UnmaskError } from '@unmask/tensor-core';

/** Lets a text through, piece by piece, up to the string of some that is complete first. */
export class StopStrings {
  readonly #strings: readonly string[];
  /** The end of the text so far that may be the beginning of a string. */
  #held = '';
  #found = false;

  /** @throws UnmaskError when a string is empty */
  constructor(strings: readonly string[]) {
    if (strings.includes('')) throw new UnmaskError('a stop string is empty, so no text could come before it: give it at least one character');
    this.#strings = strings;
  }

  /** Whether a string has come; everything after it is dropped. */
  get found(): boolean {
    return this.#found;
  }

  /** Takes the next piece. @returns what surely stands before the first string */
  push(piece: string): string {
    if (this.#found) return '';
    const text = this.#held + piece;
    const places = this.#strings.map((string) => text.indexOf(string)).filter((place) => place !== -1);
    this.#found = places.length > 0;
    const end = this.#found ? Math.min(...places) : text.length - this.#longestBeginning(text);
    this.#held = this.#found ? '' : text.slice(end);
    return text.slice(0, end);
  }

  /** What was held back, now that nothing follows. */
  end(): string {
    const text = this.#held;
    this.#held = '';
    return text;
  }

  /** How many characters at the end of the text are the beginning of a string. */
  #longestBeginning(text: string): number {
    const lengths = this.#strings.map((string) => {
      for (let length = Math.min(string.length - 1, text.length); length > 0; length--) {
        if (text.endsWith(string.slice(0, length))) return length;
      }
      return 0;
    });
    return Math.max(0, ...lengths);
  }
}
