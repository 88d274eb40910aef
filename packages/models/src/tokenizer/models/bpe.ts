import { UnmaskError } from '@unmask/tensor-core';
import type { ConfigReader } from '../../config.js';
import { bytesOf } from '../bytes.js';
import { Merges } from './merges.js';
import { Vocabulary } from './vocabulary.js';

/** Most characters of a token. */
const LONGEST = 10_000;

/** Words whose tokens are kept, and the longest of them in characters. */
const [KEPT_WORDS, KEPT_LENGTH] = [10_000, 256];

/** Joins the characters of a word, pair by pair in the order in which the pairs were learned (byte pair encoding). */
export class Bpe {
  readonly vocabulary: Vocabulary;
  readonly #merges: Merges;
  readonly #unknown: string | undefined;
  /** What characters within a word begin with, and the last one ends with. */
  readonly #prefix: string;
  readonly #suffix: string;
  readonly #joinsUnknown: boolean;
  readonly #fallsBackToBytes: boolean;
  readonly #takesWords: boolean;
  readonly #kept = new Map<string, readonly number[]>();

  constructor(settings: ConfigReader) {
    if (settings.fraction('dropout', 0) > 0) {
      throw new UnmaskError('tokenizer.json: a BPE model with "dropout" gives other tokens each time, which is not supported: set it to null', { code: 'unsupported' });
    }
    this.vocabulary = Vocabulary.read(settings);
    this.#unknown = settings.has('unk_token') ? settings.text('unk_token', LONGEST) : undefined;
    [this.#prefix, this.#suffix] = ['continuing_subword_prefix', 'end_of_word_suffix'].map((name) => settings.text(name, LONGEST, ''));
    [this.#joinsUnknown, this.#fallsBackToBytes, this.#takesWords] = ['fuse_unk', 'byte_fallback', 'ignore_merges'].map((name) => settings.flag(name, false));
    this.#merges = Merges.read(settings, this.vocabulary, this.#prefix.length);
  }

  encode(text: string): number[] {
    const whole = this.#takesWords ? this.vocabulary.idOf(text) : undefined;
    if (whole !== undefined) return [whole];
    const kept = this.#kept.get(text);
    if (kept) return [...kept];
    const ids = this.#merges.apply(this.#characters(text));
    if (text.length < KEPT_LENGTH && this.#kept.size < KEPT_WORDS) this.#kept.set(text, [...ids]);
    return ids;
  }

  /** The ids that a word begins as: of characters, of bytes of those that are no tokens, or of the unknown token. */
  #characters(text: string): number[] {
    const ids: number[] = [];
    let unknown: number | undefined; // which waits, for one beside it may join it
    const flush = () => {
      if (unknown !== undefined) ids.push(unknown);
      unknown = undefined;
    };
    let start = 0;
    for (const character of text) {
      const [isFirst, isLast] = [start === 0, start + character.length === text.length];
      start += character.length;
      const token = `${isFirst ? '' : this.#prefix}${character}${isLast ? this.#suffix : ''}`;
      const id = this.vocabulary.idOf(token);
      const bytes = id === undefined && this.#fallsBackToBytes ? this.vocabulary.byteIds(bytesOf(token)) : undefined;
      if (id !== undefined) {
        flush();
        ids.push(id);
      } else if (bytes) {
        ids.push(...bytes); // before an unknown one that waits, as in HF tokenizers
      } else if (this.#unknown !== undefined) {
        if (!this.#joinsUnknown) flush();
        unknown ??= this.vocabulary.unknownId(this.#unknown);
      }
    }
    flush();
    return ids;
  }
}
