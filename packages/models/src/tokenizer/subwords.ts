import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { correctDefinition, correctText, correctTokens } from './corrections.js';
import type { TokenizerDefinition } from './definition.js';

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

  constructor(definition: TokenizerDefinition, config: object) {
    this.#library = new Library({ ...correctDefinition(definition), post_processor: null }, config);
    this.#correctText = correctText(definition);
    this.#correctTokens = correctTokens(definition);
  }

  /** The ids of a text; special tokens that stand in it are found. */
  encode(text: string): number[] {
    const { ids } = this.#library.encode(this.#correctText(text), { add_special_tokens: false });
    return ids.filter((id) => id !== undefined);
  }

  /** The text of some ids; those that the vocabulary lacks are passed over. */
  decode(ids: readonly number[]): string {
    const tokens = ids.map((id) => this.#library.id_to_token(id)).filter((token) => token !== undefined);
    const { decoder } = this.#library;
    return decoder ? decoder.decode(this.#correctTokens(tokens)) : tokens.join(' ');
  }

  idOf(token: string): number | undefined {
    return this.#library.token_to_id(token);
  }
}
