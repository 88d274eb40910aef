import { shown, UnmaskError } from '@unmask/tensor-core';
import type { TokenLimits } from './model.js';
import { familyOf } from './registry.js';
import type { Encoding, Tokenizer } from './tokenizer/index.js';

/** What the tables of a model have rows for, by its config.json. @throws UnmaskError naming a bad field */
export const tokenLimits = (config: Readonly<Record<string, unknown>>): TokenLimits => familyOf(config).limits(config);

/**
 * Checks that a model has a row for all that an encoded text looks up, before anything is trained on it.
 * @param tokenizer for the names of tokens in messages
 * @throws UnmaskError naming what is beyond the tables, and how to mend it
 */
export function checkEncoding({ ids, types }: Pick<Encoding, 'ids' | 'types'> | { readonly ids: Int32Array; readonly types: Int32Array }, { words, segments, positions }: TokenLimits, tokenizer: Tokenizer): void {
  const id = ids.find((each) => each >= words);
  if (id !== undefined) {
    throw new UnmaskError(
      `the tokenizer gives the token ${shown(tokenizer.decode([id], { skipSpecialTokens: false }))} the id ${id}, but the model's table of words has ${words} rows: take the tokenizer that belongs to the model, or give the model more rows in Python, model.resize_token_embeddings(len(tokenizer))`,
      { code: 'bad-data' },
    );
  }
  const segment = types.find((each) => each >= segments);
  if (segment !== undefined) {
    throw new UnmaskError(`a pair of texts has segments 0 and ${segment}, but the model's "type_vocab_size" is ${segments}: give one text a row, or take a model that was made for pairs`, { code: 'bad-data' });
  }
  if (ids.length > positions) {
    throw new UnmaskError(`a text of ${ids.length} tokens is longer than the ${positions} that the model has positions for: give --max-length ${positions}, or less`, { code: 'bad-argument' });
  }
}
