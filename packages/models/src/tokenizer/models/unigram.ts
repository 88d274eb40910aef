import { UnmaskError } from '@unmask/tensor-core';
import type { ConfigReader } from '../../config.js';
import { bytesOf } from '../bytes.js';
import { characterSize } from '../piece.js';
import { Prefixes } from '../prefixes.js';
import { Vocabulary } from './vocabulary.js';

/** How much less than the least likely token an unknown character scores (SentencePiece, kUnkPenalty). */
const UNKNOWN_PENALTY = 10;

/** Most characters of a token. */
const LONGEST = 10_000;

/** Splits texts into the tokens whose log-probabilities have the largest sum (Viterbi). */
export class Unigram {
  readonly vocabulary: Vocabulary;
  readonly #scores: readonly number[];
  readonly #prefixes: Prefixes;
  readonly #unknownScore: number;
  readonly #unknownId: number | undefined;
  readonly #fallsBackToBytes: boolean;

  constructor(settings: ConfigReader) {
    const entries = settings.list('vocab');
    const isScored = (entry: unknown) => Array.isArray(entry) && typeof entry[0] === 'string' && entry[0].length <= LONGEST && Number.isFinite(entry[1]);
    if (entries.length === 0 || !entries.every(isScored)) settings.fail('vocab', `a list of tokens of at most ${LONGEST} characters, each with a number`);
    const scored = entries as readonly (readonly [string, number])[];
    this.vocabulary = new Vocabulary(scored.map(([token], id) => [token, id]));
    this.#scores = scored.map(([, score]) => score);
    this.#prefixes = new Prefixes([...this.vocabulary.tokens].filter((token) => token !== ''));
    this.#unknownScore = this.#scores.reduce((least, score) => Math.min(least, score), Infinity) - UNKNOWN_PENALTY;
    this.#unknownId = settings.has('unk_id') ? settings.count('unk_id') : undefined;
    if (this.#unknownId !== undefined && this.#unknownId >= entries.length) settings.fail('unk_id', `a number below ${entries.length}, the size of the vocabulary`);
    this.#fallsBackToBytes = settings.flag('byte_fallback', false);
  }

  encode(text: string): number[] {
    return this.#segments(text).flatMap((segment) => {
      const id = this.vocabulary.idOf(segment);
      if (id !== undefined) return [id];
      return (this.#fallsBackToBytes ? this.vocabulary.byteIds(bytesOf(segment)) : undefined) ?? [this.#unknown()];
    });
  }

  /** The parts of a text, neighbouring unknown ones as one. */
  #segments(text: string): string[] {
    const segments: string[] = [];
    let unknownEnd: number | undefined;
    const starts = this.#bestStarts(text);
    for (let end = text.length; end > 0; end = starts[end].start) {
      const { start, id } = starts[end];
      if (id === this.#unknownId) {
        unknownEnd ??= end;
        if (start > 0 && starts[start].id === id) continue;
      }
      segments.push(text.slice(start, unknownEnd ?? end));
      unknownEnd = undefined;
    }
    return segments.reverse();
  }

  /** For each index that tokens may end at, where the last token of the best way there starts. */
  #bestStarts(text: string): readonly { start: number; id: number; score: number }[] {
    const best: { start: number; id: number; score: number }[] = [];
    const offer = (start: number, end: number, id: number, score: number) => {
      const total = score + (start === 0 ? 0 : best[start].score);
      if ((best[end] as object | undefined) === undefined || total > best[end].score) best[end] = { start, id, score: total };
    };
    for (let start = 0, size: number; start < text.length; start += size) {
      size = characterSize(text, start);
      let single = false;
      for (const token of this.#prefixes.at(text, start)) {
        const id = this.vocabulary.idOf(token)!;
        offer(start, start + token.length, id, this.#scores[id]);
        single ||= token.length === size;
      }
      if (!single) offer(start, start + size, this.#unknown(), this.#unknownScore);
    }
    return best;
  }

  #unknown(): number {
    if (this.#unknownId !== undefined) return this.#unknownId;
    throw new UnmaskError('a text has a character that the vocabulary lacks, and there is no token for those: name one by "unk_id" in tokenizer.json', { code: 'bad-data' });
  }
}
