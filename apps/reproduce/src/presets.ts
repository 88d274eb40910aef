import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readGridFile, type Grid } from '@unmask/benchmark';
import { didYouMean, UnmaskError } from '@unmask/tensor-core';
import { defaultModel, tinyLanguageModel } from './default-model.js';

/** The grids that come with the app, as YAML files. */
const FOLDER = fileURLToPath(new URL('../presets', import.meta.url));

/** Names of the presets. */
export const presetNames: readonly string[] = readdirSync(FOLDER).map((name) => name.replace(/\.yaml$/, '')).sort();

/**
 * Reads the grids of a preset or of a file.
 * @param given replaces what they say
 * @throws UnmaskError for an unknown preset, or a file that is missing or wrong
 */
export async function readGrids({ preset, file }: { readonly preset?: string | undefined; readonly file?: string | undefined }, given: Partial<Grid> = {}): Promise<readonly Grid[]> {
  if (preset !== undefined && !presetNames.includes(preset)) {
    throw new UnmaskError(`no preset "${preset}"${didYouMean(preset, presetNames)}; there are ${presetNames.join(', ')}`, { code: 'not-found' });
  }
  const { grids } = await readGridFile(file ?? join(FOLDER, `${preset}.yaml`), given);
  return grids.map((grid) => ({ ...grid, model: MODELS[grid.model]?.() ?? grid.model }));
}

/** Models that come with the app, by the names that presets give them. */
const MODELS: Readonly<Record<string, () => string>> = { minilm: defaultModel, 'tiny-lm': tinyLanguageModel };
