import { joinPath, readJsonFile, shown, UnmaskError } from '@unmask/tensor-core';

/** What a checkpoint's files say about generating text with it. */
export interface GenerationDefaults {
  /** Tokens that end a sequence. */
  readonly eosIds: readonly number[];
  /** Most tokens of a sequence, or undefined when the files do not say. */
  readonly maxPositions: number | undefined;
}

/**
 * Reads the end tokens of generation_config.json, or of config.json where there are none, and the positions of config.json.
 * Nothing else of generation_config.json counts: it is for the caller to say how tokens are chosen.
 * @throws UnmaskError when the end tokens are no ids
 */
export async function readGenerationDefaults(folder: string, config: Readonly<Record<string, unknown>>): Promise<GenerationDefaults> {
  const generation = await readJsonFile(joinPath(folder, 'generation_config.json'));
  const stored = generation?.eos_token_id ?? config.eos_token_id ?? [];
  const eosIds = Array.isArray(stored) ? (stored as unknown[]) : [stored];
  if (!eosIds.every((id): id is number => Number.isSafeInteger(id) && (id as number) >= 0)) {
    throw new UnmaskError(`${folder}: "eos_token_id" is ${shown(stored)}, expected a token id or a list of them`, { code: 'bad-file' });
  }
  const positions = config.max_position_embeddings ?? config.n_positions; // the second in GPT-2
  return { eosIds, maxPositions: typeof positions === 'number' ? positions : undefined };
}
