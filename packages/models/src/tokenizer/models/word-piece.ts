import type { ConfigReader } from '../../config.js';
import { Vocabulary } from './vocabulary.js';

/** Most characters of its special texts. */
const LONGEST = 64;

/** Longest word in characters; it takes time that grows with the square of it. */
const WORD = 1000;

/** Words become the longest tokens that they begin with, then again from there on; a word that does not come out is unknown. */
export class WordPiece {
  readonly vocabulary: Vocabulary;
  readonly #unknown: string;
  /** What tokens within words begin with. */
  readonly #prefix: string;
  readonly #longestWord: number;

  constructor(settings: ConfigReader) {
    this.vocabulary = Vocabulary.read(settings);
    this.#unknown = settings.text('unk_token', LONGEST);
    this.#prefix = settings.text('continuing_subword_prefix', LONGEST);
    this.#longestWord = settings.count('max_input_chars_per_word', 100);
    if (this.#longestWord > WORD) settings.fail('max_input_chars_per_word', `a whole number up to ${WORD}`);
  }

  encode(text: string): number[] {
    return this.#pieces(text) ?? [this.vocabulary.unknownId(this.#unknown)];
  }

  #pieces(text: string): number[] | undefined {
    if (text.length > this.#longestWord && [...text].length > this.#longestWord) return undefined;
    const ids: number[] = [];
    for (let start = 0, end: number; start < text.length; start = end) {
      let id: number | undefined;
      for (end = text.length; end > start; end--) {
        id = this.vocabulary.idOf(start === 0 ? text.slice(0, end) : this.#prefix + text.slice(start, end));
        if (id !== undefined) break;
      }
      if (id === undefined) return undefined;
      ids.push(id);
    }
    return ids;
  }
}
