import { join } from 'node:path';
import { applyDelta, loadDelta } from '@unmask/id3';
import { familyOf, type LanguageModel } from '@unmask/models';

/**
 * Puts the change that `unmask run` wrote into a language model. Heads of other tasks, which a run may have trained too, are
 * left out.
 * @param folder of a run, with delta.safetensors
 * @throws UnmaskError when the file is missing or broken, or was made from another model
 */
export async function applyAdapter({ model, config }: LanguageModel, folder: string): Promise<void> {
  const { ignored } = familyOf(config);
  const parameters = model.parameters();
  const names = new Set(parameters.map(({ name }) => name));
  const belongs = ({ name }: { readonly name: string }) => names.has(name) || !ignored.test(name);
  const { entries, dense } = await loadDelta(join(folder, 'delta.safetensors'));
  applyDelta(parameters, { entries: entries.filter(belongs), dense: dense.filter(belongs) });
}
