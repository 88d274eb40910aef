import { loadAdapter, PeftModel } from '@unmask/adapters';
import type { HubOptions } from '@unmask/hub';
import { applyDelta, type Delta, loadDelta } from '@unmask/id3';
import { loadPretrained, type Pretrained, type TransformerModel } from '@unmask/models';
import { type UserTask, userTask } from '@unmask/tasks';
import { absolutePath, joinPath, nameOf, Random, UnmaskError } from '@unmask/tensor-core';
import type { Reader } from '../forms/form.js';
import { formOf } from '../forms/index.js';
import { headOf, readingOf } from '../trainee/trainee.js';
import { weightsFingerprint } from './base-model.js';
import { type ModelCard, readCard } from './card.js';
import { valuesUnder } from './former-values.js';

/** A model that was trained on a user's data, ready to answer. */
export interface TrainedModel extends Reader {
  readonly card: ModelCard;
  readonly user: UserTask;
  /** What it was made from, with the head in place; its model is a part of this one or this one itself. */
  readonly pretrained: Pretrained;
  /** What its parameters held where the trained delta is, of tasks that compare with the model before training. */
  readonly former?: Delta | undefined;
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
    const changed = await withChange(folder, card, pretrained, formOf(user.task).reference !== undefined);
    return { card, user, pretrained, ...changed, config: pretrained.config, ...(await readingOf(user.task, pretrained)) };
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

async function withChange(folder: string, { change, seed }: ModelCard, pretrained: Pretrained, isUndone: boolean): Promise<Pick<TrainedModel, 'model' | 'former'>> {
  switch (change) {
    case 'adapter_model.safetensors':
      return { model: await loadAdapter(pretrained, folder, { random: new Random(seed).fork('adapter') }) };
    case 'delta.safetensors': {
      const [parameters, delta] = [pretrained.model.parameters(), await loadDelta(joinPath(folder, change))];
      const former = isUndone ? valuesUnder(parameters, delta) : undefined;
      applyDelta(parameters, delta);
      return { model: pretrained.model, former };
    }
    case null:
      return { model: pretrained.model };
  }
}

/** The model with what was trained as its own parameters, free of adapters. The trained model is of no use any more. */
export function mergedModel({ model, pretrained }: TrainedModel): TransformerModel {
  return model instanceof PeftModel ? model.mergeAndUnload() : pretrained.model;
}
