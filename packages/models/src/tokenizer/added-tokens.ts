import { UnmaskError } from '@unmask/tensor-core';
import type { ConfigReader } from '../config.js';
import type { Vocabulary } from './models/vocabulary.js';
import { characterSize, isWithinCharacter, type Piece, slicePiece, wholePiece } from './piece.js';
import { Prefixes } from './prefixes.js';
import { WORD } from './unicode.js';

/** Most characters of a token. */
const LONGEST = 10_000;

/** How a token is found in texts. */
interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Whether it is looked for in normalized texts. */
  readonly normalized: boolean;
  readonly special: boolean;
  /** Whether it takes the blanks on its left or right along. */
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  /** Whether it counts only where no word goes on beside it. */
  readonly singleWord: boolean;
}

const BLANK = /^\p{White_Space}$/u;
const OF_WORD = new RegExp(`^[${WORD}]`, 'u');

/** Tokens that stand in texts as they are, whatever the model would make of them (HF tokenizers, AddedVocabulary). */
export class AddedTokens {
  /** The contents of those that stand for no text. */
  readonly special: ReadonlySet<string>;
  readonly #normalize: (piece: Piece) => Piece;
  readonly #byId = new Map<number, AddedToken>();
  readonly #ids = new Map<string, number>();
  /** What normalizing makes of tokens that it changes, by their ids. */
  readonly #normalized = new Map<number, string>();
  readonly #inGiven: Matcher;
  readonly #inNormalized: Matcher;

  /**
   * Tokens of the vocabulary have its ids, others the ones that follow.
   * @param given tokenizer.json's list, and others that come later and count instead of those with the same content
   * @param named special tokens, which count where the vocabulary has them and no list does
   * @throws UnmaskError naming a field that is missing or out of range, or a token that the normalizer leaves nothing of
   */
  constructor(given: readonly ConfigReader[], named: readonly ConfigReader[], vocabulary: Vocabulary, normalize: (piece: Piece) => Piece) {
    this.#normalize = normalize;
    let next = vocabulary.size;
    const add = (read: ConfigReader, isNamed: boolean) => {
      const content = read.text('content', LONGEST);
      const [normalized, special, lstrip, rstrip, singleWord] = ['normalized', 'special', 'lstrip', 'rstrip', 'single_word'].map((name) => read.flag(name, isNamed && name === 'special'));
      if (content === '' || (isNamed && (this.#ids.has(content) || vocabulary.idOf(content) === undefined))) return;
      const id = this.#ids.get(content) ?? vocabulary.idOf(content) ?? next++;
      const shown = normalized ? normalize(wholePiece(content)).text : content;
      if (shown !== content) this.#normalized.set(id, shown);
      this.#ids.set(content, id);
      this.#byId.set(id, { id, content, normalized, special, lstrip, rstrip, singleWord });
    };
    for (const read of given) add(read, false);
    for (const read of named) add(read, true);
    const tokens = [...this.#byId.values()];
    this.special = new Set(tokens.filter(({ special }) => special).map(({ content }) => content));
    this.#inGiven = new Matcher(tokens.filter(({ normalized }) => !normalized).map((token) => [token.content, token]));
    this.#inNormalized = new Matcher(tokens.filter(({ normalized }) => normalized).map((token) => [this.contentOf(token.id)!, token]));
  }

  idOf(content: string): number | undefined {
    return this.#ids.get(content);
  }

  /** What a token is decoded to: its normalized form where that is another one. */
  contentOf(id: number): string | undefined {
    return this.#normalized.get(id) ?? this.#byId.get(id)?.content;
  }

  /** A text as ids of these tokens, and normalized pieces between them. */
  split(text: string): (Piece | number)[] {
    return this.#inGiven.split(wholePiece(text)).flatMap((part) => (typeof part === 'number' ? [part] : this.#inNormalized.split(this.#normalize(part))));
  }
}

/** Finds tokens of one list, of those that begin at the same place the longest. */
class Matcher {
  readonly #prefixes: Prefixes;
  readonly #tokens = new Map<string, AddedToken>();
  /** What several tokens look like; HF tokenizers takes any one of them. */
  readonly #ambiguous = new Set<string>();

  constructor(tokens: readonly (readonly [text: string, token: AddedToken])[]) {
    for (const [text, token] of tokens) {
      if (text === '') throw new UnmaskError(`tokenizer.json: of the added token ${JSON.stringify(token.content)} the normalizer leaves nothing, which is not supported: set its "normalized" to false`, { code: 'unsupported' });
      if (this.#tokens.has(text)) this.#ambiguous.add(text);
      this.#tokens.set(text, token);
    }
    this.#prefixes = new Prefixes(this.#tokens.keys());
  }

  split(piece: Piece): (Piece | number)[] {
    const { text } = piece;
    const parts: (Piece | number)[] = [];
    let done = 0;
    for (let at = 0, after: number; at < text.length; at = after) {
      const match = this.#prefixes.at(text, at).at(-1);
      after = at + (match?.length ?? characterSize(text, at));
      if (match === undefined) continue;
      if (this.#ambiguous.has(match)) throw new UnmaskError(`tokenizer.json: the normalizer makes several added tokens ${JSON.stringify(match)}, so that a text with it may mean any: set their "normalized" to false`, { code: 'unsupported' });
      const found = this.#tokens.get(match)!;
      if (found.singleWord && isWithinWord(text, at, after)) continue;
      const start = found.lstrip ? Math.max(blanksBefore(text, at), done) : at;
      if (done < start) parts.push(slicePiece(piece, done, start));
      done = found.rstrip ? blanksAfter(text, after) : after;
      if (start < done) parts.push(found.id); // or it took nothing but blanks that another one had taken
    }
    if (done < text.length) parts.push(slicePiece(piece, done, text.length));
    return parts;
  }
}

const isWithinWord = (text: string, start: number, end: number): boolean => OF_WORD.test(text.slice(end, end + 2)) || OF_WORD.test(characterBefore(text, start));

/** The character that ends at an index, '' at the beginning. */
function characterBefore(text: string, end: number): string {
  return text.slice(Math.max(0, isWithinCharacter(text, end - 1) ? end - 2 : end - 1), end);
}

/** Where the blanks begin that end at an index; no blank is beyond U+FFFF. */
function blanksBefore(text: string, end: number): number {
  while (end > 0 && BLANK.test(text[end - 1])) end--;
  return end;
}

function blanksAfter(text: string, start: number): number {
  while (start < text.length && BLANK.test(text[start])) start++;
  return start;
}
