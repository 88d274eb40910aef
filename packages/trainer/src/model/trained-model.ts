import { loadAdapter, PeftModel } from '@unmask/adapters';
import type { HubOptions } from '@unmask/hub';
import { applyDelta, loadDelta } from '@unmask/id3';
import { type LanguageModel, loadPretrained, type Pretrained, type TransformerModel } from '@unmask/models';
import { type UserTask, userTask } from '@unmask/tasks';
import { absolutePath, joinPath, nameOf, Random, UnmaskError } from '@unmask/tensor-core';
import { generationOf, headOf } from '../trainee/trainee.js';
import { weightsFingerprint } from './base-model.js';
import { type ModelCard, readCard } from './card.js';

/** A model that was trained on a user's data, ready to answer. */
export interface TrainedModel extends LanguageModel {
  readonly card: ModelCard;
  readonly user: UserTask;
  /** What it was made from, with the head in place; its model is a part of this one or this one itself. */
  readonly pretrained: Pretrained;
}

/** Options of {@link loadTrainedModel}. */
export interface LoadTrainedOptions extends HubOptions {
  /** The base model, when it is no longer where it was during training. */
  readonly base?: string | undefined;
}

/**
 * Loads what `unmask train` left in a folder: the base model, with what was trained in its place. Dispose its `model`.
 * @throws UnmaskError for anything missing or malformed, by name
 */
export async function loadTrainedModel(folder: string, { base, ...hub }: LoadTrainedOptions = {}): Promise<TrainedModel> {
  const card = await readCard(folder);
  const user = userTask(nameOf(absolutePath(folder)), card.task);
  const pretrained = await loadBase(folder, card, user, base, hub);
  try {
    const model = await withChange(folder, card, pretrained);
    const { tokenizer, config } = pretrained;
    return { card, user, pretrained, model, tokenizer, config, generation: await generationOf(pretrained) };
  } catch (error) {
    pretrained.model.dispose();
    throw error;
  }
}

async function loadBase(folder: string, { base: former, baseFingerprint, seed }: ModelCard, { task }: UserTask, base: string | undefined, hub: HubOptions): Promise<Pretrained> {
  const load = (source: string) => loadPretrained(source, { head: headOf(task), random: new Random(seed).fork('head'), ...hub });
  if (former === null) return load(folder);
  const source = base ?? former;
  try {
    if (baseFingerprint !== (await weightsFingerprint(source, hub))) {
      throw new UnmaskError(`the model ${source} has other weights than the one that ${folder} was trained from: give that by --base`, { code: 'bad-file' });
    }
    return await load(source);
  } catch (error) {
    if (!UnmaskError.isInstance(error) || error.code !== 'not-found') throw error;
    throw new UnmaskError(`${folder} was trained from the model ${source}, which is not to be had: ${error.message}; give it by --base`, { code: 'not-found', cause: error });
  }
}

function withChange(folder: string, { change, seed }: ModelCard, pretrained: Pretrained): Promise<TransformerModel> | TransformerModel {
  switch (change) {
    case 'adapter_model.safetensors':
      return loadAdapter(pretrained, folder, { random: new Random(seed).fork('adapter') });
    case 'delta.safetensors':
      return loadDelta(joinPath(folder, change)).then((delta) => {
        applyDelta(pretrained.model.parameters(), delta);
        return pretrained.model;
      });
    case null:
      return pretrained.model;
  }
}

/** The model with what was trained as its own parameters, free of adapters. The trained model is of no use any more. */
export function mergedModel({ model, pretrained }: TrainedModel): TransformerModel {
  return model instanceof PeftModel ? model.mergeAndUnload() : pretrained.model;
}
