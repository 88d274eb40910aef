import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { UnmaskError } from '@unmask/tensor-core';
import { correctDefinition, correctText, correctTokens } from './corrections.js';
import type { TokenizerDefinition } from './definition.js';
import { withinTime } from './time-limit.js';

/** What is used of the library's class, whose own type files do not resolve under NodeNext. */
interface Library {
  encode(text: string, options: { add_special_tokens: boolean }): { ids: (number | undefined)[] };
  token_to_id(token: string): number | undefined;
  id_to_token(id: number): string | undefined;
  readonly decoder: { decode(tokens: readonly string[]): string } | null;
}

const Library = HuggingFaceTokenizer as unknown as new (definition: object, config: object) => Library;

/** Texts as token ids and back, without the special tokens that a model puts around them. */
export class Subwords {
  readonly #library: Library;
  readonly #correctText: (text: string) => string;
  readonly #correctTokens: (tokens: readonly string[]) => readonly string[];

  /** @param config the fields of tokenizer_config.json that the library is to know */
  constructor(definition: TokenizerDefinition, config: object) {
    const { vocab, merges = {} } = definition.model;
    const entries = Object.keys(vocab).length + Object.keys(merges).length + definition.added_tokens.length;
    this.#library = run('building the tokenizer', entries, () => new Library({ ...correctDefinition(definition), post_processor: null }, config));
    this.#correctText = correctText(definition);
    this.#correctTokens = correctTokens(definition);
  }

  /** The ids of a text; special tokens that stand in it are found. */
  encode(text: string): number[] {
    const { ids } = run('encoding a text', text.length, () => this.#library.encode(this.#correctText(text), { add_special_tokens: false }));
    return ids.filter((id) => id !== undefined);
  }

  /** The text of some ids; those that the vocabulary lacks are passed over. */
  decode(ids: readonly number[]): string {
    const tokens = ids.map((id) => this.#library.id_to_token(id)).filter((token) => token !== undefined);
    const { decoder } = this.#library;
    return run('decoding tokens', ids.length, () => (decoder ? decoder.decode(this.#correctTokens(tokens)) : tokens.join(' ')));
  }

  idOf(token: string): number | undefined {
    return this.#library.token_to_id(token);
  }
}

/** Runs the library, whose errors are those of tokenizer.json: of a pattern that is none, or too large. */
function run<T>(what: string, size: number, task: () => T): T {
  try {
    return withinTime(what, size, task);
  } catch (cause) {
    if (UnmaskError.isInstance(cause)) throw cause;
    throw new UnmaskError(`${what} failed: ${(cause as Error).message}; is tokenizer.json the model's own?`, { code: 'bad-file', cause });
  }
}
