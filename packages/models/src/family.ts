import { didYouMean, UnmaskError } from '@unmask/tensor-core';
import { bert } from './bert/index.js';
import type { Head, SequenceClassifier } from './inputs.js';

/** A kind of model: one folder that knows its configuration and how to build it. */
export interface Family {
  /** `model_type` in config.json. */
  readonly modelType: string;
  /** What checkpoints of the bare model leave out of parameter names, e.g. `bert`. */
  readonly baseModelPrefix: string;
  /** Parameters that a checkpoint may lack (their modules start afresh), by name. */
  readonly optional: RegExp;
  /** Checkpoint tensors that have no place in the model, by name. */
  readonly ignored: RegExp;
  /** Standard deviation of fresh weights. */
  initializerRange(config: unknown): number;
  /** Validates config.json and builds the model with all weights zero. @throws UnmaskError naming the field */
  sequenceClassifier(config: unknown, head: Head): SequenceClassifier;
}

/** Every family; a new one is a folder and a line here. */
const FAMILIES: readonly Family[] = [bert];

/** The family of a config.json. @throws UnmaskError when it names none that is known */
export function familyOf(config: unknown): Family {
  const modelType = (config as { model_type?: unknown } | null)?.model_type;
  const known = FAMILIES.map((family) => family.modelType);
  const found = FAMILIES.find((family) => family.modelType === modelType);
  if (found) return found;
  throw new UnmaskError(
    `config.json has model_type ${JSON.stringify(modelType)}; supported: ${known.join(', ')}${didYouMean(String(modelType), known)}`,
    { code: 'unsupported' },
  );
}
