import { Embedding } from '@unmask/tensor-core';
import { layoutOf } from '../../layout.js';
import { configFor, defineAdapter, type LayerAdapter } from '../../method.js';
import { findTargets } from '../../targets.js';
import { parseTrainableTokensConfig, type TrainableTokensConfig } from './config.js';
import { trainedTokens } from './trainable-tokens.js';

export type { TrainableTokensConfig } from './config.js';

/** The vectors of some tokens alone (HF PEFT tuners/trainable_tokens). */
export const trainableTokens = defineAdapter<TrainableTokensConfig>({
  type: 'TRAINABLE_TOKENS',
  summary: 'the vectors of some tokens, in the place of those of the table',
  prefix: 'trainable_tokens_',
  trainsHeads: false,
  parse: parseTrainableTokensConfig,
  attach: (base, { token_indices, target_modules, init_weights }, random) => {
    const tables = findTargets(base.model, { target_modules, exclude_modules: null }, [layoutOf(base).words], [Embedding]);
    const trained = trainedTokens(base.model, tables, token_indices, init_weights ? undefined : random);
    return { layers: new Map(trained.flatMap(({ path, tokens, heads }): (readonly [string, LayerAdapter])[] => [[path, tokens], ...heads])) };
  },
});

/** A configuration of trainable tokens; what is left out has its default. */
export const trainableTokensConfig = configFor(trainableTokens);
