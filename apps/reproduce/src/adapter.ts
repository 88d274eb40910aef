import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAdapter } from '@unmask/adapters';
import { applyDelta, loadDelta } from '@unmask/id3';
import { familyOf, type LanguageModel } from '@unmask/models';
import { Random } from '@unmask/tensor-core';

/**
 * A language model with what was trained: an adapter of Hugging Face PEFT around it, or the change that `unmask run` wrote
 * into it. Of a change heads of other tasks, which a run may have trained too, are left out.
 * @param folder with adapter_config.json or delta.safetensors
 * @throws UnmaskError when the files are missing or broken, or were made from another model
 */
export async function withAdapter(language: LanguageModel, folder: string): Promise<LanguageModel> {
  const isPeft = await stat(join(folder, 'adapter_config.json')).catch(() => undefined);
  if (isPeft) return { ...language, model: await loadAdapter(language, folder, { random: new Random(0) }) };
  const { ignored } = familyOf(language.config);
  const parameters = language.model.parameters();
  const names = new Set(parameters.map(({ name }) => name));
  const belongs = ({ name }: { readonly name: string }) => names.has(name) || !ignored.test(name);
  const { entries, dense } = await loadDelta(join(folder, 'delta.safetensors'));
  applyDelta(parameters, { entries: entries.filter(belongs), dense: dense.filter(belongs) });
  return language;
}
