import type { ConfigReader } from '../../config.js';
import { Heap } from './heap.js';
import type { Vocabulary } from './vocabulary.js';

/** Largest token id for which a pair of ids is an exact number. */
const LARGEST_ID = 2 ** 26 - 1;

/** Longest word in tokens for which a rank and a place are an exact number. */
const PLACES = 2 ** 27;

/** The pairs of tokens that are joined, the first one learned first. */
export class Merges {
  /** The rank of each pair of ids. */
  readonly #ranks = new Map<number, number>();
  /** The id that the pair of each rank becomes. */
  readonly #joined: number[] = [];

  /**
   * Reads pairs of tokens, or lines of two tokens with a space between.
   * @param prefixLength characters that the second token of a pair loses, those that mark it as within a word
   * @throws UnmaskError when one of their tokens is not in the vocabulary
   */
  static read(settings: ConfigReader, vocabulary: Vocabulary, prefixLength: number): Merges {
    if (vocabulary.largestId > LARGEST_ID) settings.fail('vocab', `token ids up to ${LARGEST_ID}`);
    const list = settings.list('merges');
    const isPair = (merge: unknown): merge is [string, string] => Array.isArray(merge) && merge.length === 2 && merge.every((part) => typeof part === 'string');
    const lines = list.filter((merge) => typeof merge === 'string' && !merge.startsWith('#version')).map((line) => (line as string).split(' '));
    const pairs: readonly unknown[] = list.length > 0 && typeof list[0] === 'string' && list.every((merge) => typeof merge === 'string') ? lines : list;
    if (!pairs.every(isPair)) settings.fail('merges', 'pairs of strings, or strings of two parts with a space between');
    const merges = new Merges();
    for (const [first, second] of pairs) {
      const ids = [first, second, first + second.slice(prefixLength)].map((token) => vocabulary.idOf(token) ?? settings.fail('merges', `tokens of the vocabulary, unlike ${JSON.stringify(token)}`));
      merges.#ranks.set(keyOf(ids[0], ids[1]), merges.#joined.push(ids[2]) - 1);
    }
    return merges;
  }

  /** Joins pairs among the ids of a word until none is left, those of the lowest rank first, from left to right. */
  apply(ids: number[]): number[] {
    const [previous, next] = [ids.map((_, place) => place - 1), ids.map((_, place) => place + 1)];
    const removed = new Uint8Array(ids.length);
    const waiting = new Heap();
    const offer = (place: number) => {
      const rank = this.#rankAt(ids, place, next[place]);
      if (rank !== undefined) waiting.push(rank * PLACES + place);
    };
    for (let place = 0; place + 1 < ids.length; place++) offer(place);
    for (let first = waiting.pop(); first !== undefined; first = waiting.pop()) {
      const [rank, place] = [Math.floor(first / PLACES), first % PLACES];
      const right = next[place];
      const current = removed[place] || right >= ids.length ? undefined : this.#rankAt(ids, place, right);
      if (current === undefined || this.#joined[current] !== this.#joined[rank]) continue; // one of the two was joined to another
      ids[place] = this.#joined[rank];
      removed[right] = 1;
      next[place] = next[right];
      if (next[place] < ids.length) previous[next[place]] = place;
      if (previous[place] >= 0) offer(previous[place]);
      offer(place);
    }
    return ids.filter((_, place) => !removed[place]);
  }

  #rankAt(ids: readonly number[], left: number, right: number): number | undefined {
    return right < ids.length ? this.#ranks.get(keyOf(ids[left], ids[right])) : undefined;
  }
}

const keyOf = (first: number, second: number): number => first * (LARGEST_ID + 1) + second;
