import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { UnmaskError } from '@unmask/tensor-core';

/** What is used of the library's class, whose own type files do not resolve under NodeNext. */
interface TextTokenizer {
  tokenize(text: string): string[];
  token_to_id(token: string): number | undefined;
  readonly model: { readonly unk_token_id?: number } | null;
  readonly post_processor: {
    post_process(tokens: string[], pair: string[] | null, addSpecialTokens: boolean): { tokens: string[]; token_type_ids?: number[] };
  } | null;
}

const TextTokenizer = HuggingFaceTokenizer as unknown as new (definition: object, config: object) => TextTokenizer;

/** One text, or a pair. */
export type Texts = readonly [string] | readonly [string, string];

/** Rows of token ids padded to the longest, row-major. */
export interface EncodedBatch {
  /** rows × columns ids; padding is 0. */
  readonly inputIds: Int32Array;
  /** 1 for tokens, 0 for padding. */
  readonly attentionMask: Int32Array;
  /** 0 for the first text, 1 for the second. */
  readonly tokenTypeIds: Int32Array;
  readonly rows: number;
  readonly columns: number;
}

/** Turns texts into token ids as the model's own tokenizer.json says. */
export class Tokenizer {
  readonly #tokenizer: TextTokenizer;

  private constructor(tokenizer: TextTokenizer) {
    this.#tokenizer = tokenizer;
  }

  /**
   * Reads tokenizer.json and, if there is one, tokenizer_config.json.
   * @throws UnmaskError when tokenizer.json is missing or broken
   */
  static async load(folder: string): Promise<Tokenizer> {
    const definition = await readJson(join(folder, 'tokenizer.json'));
    if (definition === undefined) {
      throw new UnmaskError(
        `${folder} has no tokenizer.json: save it with Python, AutoTokenizer.from_pretrained(folder).save_pretrained(folder)`,
        { code: 'not-found' },
      );
    }
    try {
      return new Tokenizer(new TextTokenizer(definition, (await readJson(join(folder, 'tokenizer_config.json'))) ?? {}));
    } catch (cause) {
      if (UnmaskError.isInstance(cause)) throw cause;
      throw new UnmaskError(`${join(folder, 'tokenizer.json')} is no tokenizer definition: ${(cause as Error).message}`, { code: 'bad-file', cause });
    }
  }

  /**
   * Encodes texts with special tokens, padded to the longest.
   * @param options.maxLength most tokens of a row, special ones included. Of a pair the longer text loses tokens first
   *   (HF tokenizers' `longest_first`).
   * @throws UnmaskError when maxLength does not hold the special tokens
   */
  encodeBatch(texts: readonly Texts[], { maxLength }: { readonly maxLength: number }): EncodedBatch {
    const encoded = texts.map((each) => this.#encode(each, maxLength));
    const columns = Math.max(0, ...encoded.map(({ ids }) => ids.length));
    const fill = (row: (each: Encoded) => ArrayLike<number>) => {
      const values = new Int32Array(encoded.length * columns);
      encoded.forEach((each, index) => values.set(row(each), index * columns));
      return values;
    };
    return {
      inputIds: fill(({ ids }) => ids),
      attentionMask: fill(({ ids }) => new Int32Array(ids.length).fill(1)),
      tokenTypeIds: fill(({ types }) => types),
      rows: encoded.length,
      columns,
    };
  }

  #encode([first, second]: Texts, maxLength: number): Encoded {
    const tokens = this.#tokenizer.tokenize(first);
    const pair = second === undefined ? undefined : this.#tokenizer.tokenize(second);
    const special = this.#addSpecialTokens([], pair && []).tokens.length;
    if (maxLength < special) throw new UnmaskError(`a maximum length of ${maxLength} does not hold the ${special} special tokens`);
    const [kept, keptOfPair] = longestFirst(tokens.length, pair?.length ?? 0, maxLength - special);
    tokens.length = kept;
    if (pair) pair.length = keptOfPair;
    const processed = this.#addSpecialTokens(tokens, pair);
    const unknown = this.#tokenizer.model?.unk_token_id ?? 0;
    return {
      ids: processed.tokens.map((token) => this.#tokenizer.token_to_id(token) ?? unknown),
      types: processed.token_type_ids ?? new Array<number>(processed.tokens.length).fill(0),
    };
  }

  #addSpecialTokens(tokens: string[], pair: string[] | undefined): { tokens: string[]; token_type_ids?: number[] } {
    const processor = this.#tokenizer.post_processor;
    return processor ? processor.post_process(tokens, pair ?? null, true) : { tokens: [...tokens, ...(pair ?? [])] };
  }
}

/**
 * How many tokens of two texts fit into `room`: what the shorter one leaves goes to the longer one, and when both are
 * longer than half the room they share it, an odd token going to the longer (HF tokenizers, truncate_encodings).
 */
function longestFirst(first: number, second: number, room: number): [number, number] {
  if (first + second <= room) return [first, second];
  const shorter = Math.min(first, second);
  const [ofShorter, ofLonger] = shorter <= room - shorter ? [shorter, room - shorter] : [Math.floor(room / 2), Math.ceil(room / 2)];
  return first > second ? [ofLonger, ofShorter] : [ofShorter, ofLonger];
}

interface Encoded {
  readonly ids: readonly number[];
  readonly types: readonly number[];
}

/** A JSON file's content, or undefined when there is no such file. */
async function readJson(path: string): Promise<object | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as object;
  } catch (cause) {
    throw new UnmaskError(`${path} is no valid JSON: download or export it again`, { code: 'bad-file', cause });
  }
}
