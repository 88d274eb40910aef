import { UnmaskError } from '@unmask/tensor-core';
import { ConfigReader } from '../config.js';
import { AddedTokens } from './added-tokens.js';
import { readDecoder } from './decoders/index.js';
import { Bpe } from './models/bpe.js';
import { readModel, type SubwordModel } from './models/index.js';
import { readNormalizer } from './normalizers/index.js';
import type { Piece } from './piece.js';
import { readPreTokenizer } from './pre-tokenizers/index.js';
import { withinTime } from './time-limit.js';

/** Halves of characters beyond U+FFFF, which UTF-8 has none of. */
const LONE_SURROGATES = /\p{Cs}/gu;

/** Texts as token ids and back, without the special tokens that a model puts around them (HF tokenizers). */
export class Pipeline {
  readonly #added: AddedTokens;
  readonly #split: (piece: Piece) => Piece[];
  readonly #model: SubwordModel;
  readonly #decode: (tokens: readonly string[]) => string;

  /**
   * @param more tokens of tokenizer_config.json, which count instead of those of tokenizer.json with the same content
   * @param named special tokens that texts may hold even though no list has them
   * @throws UnmaskError naming a field of tokenizer.json that is missing, out of range or not supported
   */
  constructor(definition: Readonly<Record<string, unknown>>, more: readonly ConfigReader[] = [], named: readonly ConfigReader[] = []) {
    const read = new ConfigReader(definition, '', 'tokenizer.json');
    const { vocab = {}, merges = {} } = (definition.model ?? {}) as { vocab?: object; merges?: object };
    [this.#model, this.#added, this.#split, this.#decode] = run('building the tokenizer', Object.keys(vocab).length + Object.keys(merges).length, () => {
      const model = readModel(read);
      const listed = read.has('added_tokens') ? read.sections('added_tokens') : [];
      listed.forEach((token) => token.count('id'));
      return [model, new AddedTokens([...listed, ...more], named, model.vocabulary, readNormalizer(read)), readPreTokenizer(read), readDecoder(read)];
    });
  }

  get isBpe(): boolean {
    return this.#model instanceof Bpe;
  }

  /** Tokens that stand for no text. */
  get specialTokens(): ReadonlySet<string> {
    return this.#added.special;
  }

  /** The ids of a text; special tokens that stand in it are found. */
  encode(text: string): number[] {
    return run('encoding a text', text.length, () => {
      const parts = this.#added.split(text.replaceAll(LONE_SURROGATES, '\uFFFD'));
      return parts.flatMap((part) => (typeof part === 'number' ? [part] : this.#split(part).flatMap((piece) => this.#model.encode(piece.text))));
    });
  }

  /** The text of some ids; those that the vocabulary lacks are passed over. */
  decode(ids: readonly number[], skipSpecialTokens: boolean): string {
    const { special } = this.#added;
    const tokens = ids.map((id) => this.#added.contentOf(id) ?? this.#model.vocabulary.tokenOf(id)).filter((token) => token !== undefined);
    const shown = skipSpecialTokens ? tokens.filter((token) => !special.has(token)) : tokens;
    return run('decoding tokens', ids.length, () => this.#decode(shown));
  }

  idOf(token: string): number | undefined {
    return this.#added.idOf(token) ?? this.#model.vocabulary.idOf(token);
  }
}

/** Runs what tokenizer.json decides about, whose errors are those of a pattern that is too large. */
function run<T>(what: string, size: number, task: () => T): T {
  try {
    return withinTime(what, size, task);
  } catch (cause) {
    if (UnmaskError.isInstance(cause)) throw cause;
    throw new UnmaskError(`${what} failed: ${(cause as Error).message}; is tokenizer.json the model's own?`, { code: 'bad-file', cause });
  }
}
