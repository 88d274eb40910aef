import { PeftModel } from '@unmask/adapters';
import { type LanguageModel, type TokenLimits, tokenLimits } from '@unmask/models';

/** What a model has rows for, less the positions that trained tokens of an adapter take. */
export function limitsOf({ model, config }: Pick<LanguageModel, 'model' | 'config'>): TokenLimits {
  const limits = tokenLimits(config);
  return { ...limits, positions: limits.positions - (model instanceof PeftModel ? virtualTokens(model) : 0) };
}

/** Tokens that adapters put before those of a text. */
export const virtualTokens = ({ active, adapters }: PeftModel): number =>
  active.map((name) => adapters.get(name)!.config).reduce((sum, config) => sum + ('num_virtual_tokens' in config ? (config.num_virtual_tokens as number) : 0), 0);
