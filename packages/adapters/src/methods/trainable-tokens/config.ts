import { UnmaskError } from '@unmask/tensor-core';
import type { ConfigFields, PeftConfig } from '../../config.js';

/** The configuration of trainable tokens (HF PEFT tuners/trainable_tokens/config.py). */
export interface TrainableTokensConfig extends PeftConfig {
  readonly peft_type: 'TRAINABLE_TOKENS';
  /** The ids of the tokens whose vectors train. */
  readonly token_indices: readonly number[];
  /** Which tables of vectors, by the ends of their names; null: the words'. */
  readonly target_modules: readonly string[] | string | null;
  /** Whether the vectors start as those of the base. */
  readonly init_weights: boolean;
}

/** @throws UnmaskError naming a field that is missing or out of range */
export function parseTrainableTokensConfig(fields: ConfigFields): TrainableTokensConfig {
  const indices = [fields.numbers('token_indices') ?? []].flat();
  if (indices.length === 0) throw new UnmaskError('token_indices is missing: name the ids of the tokens that are to train', { code: 'bad-data' });
  return {
    ...fields.common('TRAINABLE_TOKENS'),
    peft_type: 'TRAINABLE_TOKENS',
    token_indices: indices,
    target_modules: fields.names('target_modules'),
    init_weights: fields.boolean('init_weights', true),
  };
}
