/**
 * Turns token ids that come one by one into text. What is given out is final: a character of several tokens is kept back
 * until its last one is there. Joined, the pieces are the text that all the ids decode to.
 */
export class TextStream {
  readonly #decode: (ids: readonly number[]) => string;
  /** Ids whose text is out, which the next ones are decoded with: spaces depend on neighbours. */
  #shown: readonly number[];
  #waiting: number[] = [];

  /**
   * @param decode the text of some ids
   * @param after ids that stand before the first one
   */
  constructor(decode: (ids: readonly number[]) => string, after: readonly number[]) {
    this.#decode = decode;
    this.#shown = after;
  }

  /** Takes the next id. @returns the text that is new and complete, often '' */
  push(id: number): string {
    this.#waiting.push(id);
    const text = this.#newText();
    return text === '' || text.endsWith('\uFFFD') ? '' : this.#give(text); // U+FFFD: bytes of a character that goes on
  }

  /** What was kept back and will not be completed. */
  end(): string {
    return this.#give(this.#newText());
  }

  #newText(): string {
    return this.#decode([...this.#shown, ...this.#waiting]).slice(this.#decode(this.#shown).length);
  }

  #give(text: string): string {
    this.#shown = this.#waiting;
    this.#waiting = [];
    return text;
  }
}
