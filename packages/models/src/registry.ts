import { didYouMean, shown, UnmaskError } from '@unmask/tensor-core';
import { bert } from './bert/index.js';
import { debertaV2 } from './deberta-v2/index.js';
import { distilbert } from './distilbert/index.js';
import { electra } from './electra/index.js';
import type { Family } from './family.js';
import { gpt2 } from './gpt2/index.js';
import { llama } from './llama/index.js';
import { mistral } from './mistral/index.js';
import { qwen2, qwen3 } from './qwen/index.js';
import { roberta, xlmRoberta } from './roberta/index.js';

/** Every family; a new one is a folder and a line here. */
export const families: readonly Family[] = [bert, roberta, xlmRoberta, electra, distilbert, debertaV2, gpt2, llama, qwen2, qwen3, mistral];

/** The family of a config.json. @throws UnmaskError when it names none that is known */
export function familyOf(config: unknown): Family {
  const modelType = (config as { model_type?: unknown } | null)?.model_type;
  const known = families.map((family) => family.modelType);
  const found = families.find((family) => family.modelType === modelType);
  if (found) return found;
  const suggestion = typeof modelType === 'string' ? didYouMean(modelType, known) : '';
  throw new UnmaskError(`config.json has model_type ${shown(modelType)}; supported: ${known.join(', ')}${suggestion}`, { code: 'unsupported' });
}
