import { familyOf, type Head, type HeadKind, loadModel, type LoadedModel, locateModel, type HubOptions } from '@unmask/models';
import { Random, readJsonFile, UnmaskError } from '@unmask/tensor-core';
import { join } from 'node:path';

/** A model that is to be written in another format. */
export interface ExportedModel extends Omit<LoadedModel, 'newParameters'> {
  /** Whether it stands for the model without its head: it answers with hidden states. */
  readonly bare?: boolean;
  /** Tokens that it is given at most, when that is less than its tokenizer says. */
  readonly maxLength?: number | undefined;
}

/**
 * Loads a checkpoint folder with the head that its config.json names.
 * @param source a folder in Hugging Face layout, or a hub id
 * @throws UnmaskError for anything missing or malformed, by name
 */
export async function loadCheckpoint(source: string, hub: HubOptions = {}): Promise<ExportedModel> {
  const folder = await locateModel(source, hub);
  const config = (await readJsonFile(join(folder, 'config.json'))) ?? {};
  const found = headOf(config);
  const { newParameters, ...loaded } = await loadModel(folder, { head: found ?? bareHead(config), random: new Random(0) });
  if (found && newParameters.length > 0) {
    loaded.model.dispose();
    throw new UnmaskError(`${folder} names ${String((config.architectures as unknown[])[0])} but lacks ${newParameters.join(', ')}: is it complete?`, { code: 'bad-file' });
  }
  return { ...loaded, config, bare: !found };
}

/** The head of the class that config.json names; undefined when it is the bare model's. */
function headOf(config: LoadedModel['config']): Head | undefined {
  const family = familyOf(config);
  const [architecture] = (config.architectures ?? []) as unknown[];
  const kind = family.headKinds.find((each) => each !== 'hidden-states' && family.architecture(each) === architecture);
  if (kind === undefined) return undefined;
  const labels = Object.keys((config.id2label ?? { 0: '', 1: '' })).length;
  if (kind === 'classification' && (config.problem_type === 'regression' || labels === 1)) return { kind: 'regression' };
  return (kind.endsWith('classification') ? { kind, labels } : { kind }) as Head;
}

/** A head that is built and not used. */
function bareHead(config: LoadedModel['config']): Head {
  const kinds: readonly HeadKind[] = familyOf(config).headKinds;
  return kinds.includes('token-classification') ? { kind: 'token-classification', labels: 2 } : { kind: 'causal-lm' };
}
