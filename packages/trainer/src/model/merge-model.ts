import { familyOf, savePretrained, type TransformerModel } from '@unmask/models';
import type { DefinitionOf, TaskDefinition } from '@unmask/tasks';
import { ensureFolder, folderOf, joinPath, readJsonFile, writeWhole } from '@unmask/tensor-core';
import { poolingFiles } from '../forms/embedding/pooling.js';
import { writeCard } from './card.js';
import { loadTrainedModel, type LoadTrainedOptions, mergedModel, type TrainedModel } from './trained-model.js';

/** What {@link mergeModel} wrote. */
export interface MergedModel {
  readonly task: TaskDefinition;
  /** Present when the checkpoint gives (score − mean) / deviation, since its head has no bias to take the mean. */
  readonly scale?: Pick<DefinitionOf<'regression'>, 'mean' | 'deviation'>;
}

/**
 * Writes a trained model as a checkpoint folder that Hugging Face transformers loads, and that this package takes for a trained
 * model without a base.
 * @param out must not be there yet, or be an empty folder
 * @throws UnmaskError when something is missing or malformed, there is something at `out`, or the method's parameters cannot
 * be merged into the base
 */
export async function mergeModel(folder: string, out: string, options: LoadTrainedOptions = {}): Promise<MergedModel> {
  const trained = await loadTrainedModel(folder, options);
  const { card, pretrained } = trained;
  try {
    const model = mergedModel(trained);
    const task = card.task.kind === 'regression' ? withScale(model, card.task) : card.task;
    const padding = paddingOf(trained);
    const named = 'labels' in task && pretrained.head.kind !== 'hidden-states' ? { ...pretrained.config, id2label: Object.fromEntries(task.labels.entries()) } : pretrained.config;
    await savePretrained(model, out, { ...pretrained, config: padding ? { ...named, pad_token_id: padding.id } : named });
    if (padding) await amend(joinPath(out, 'tokenizer_config.json'), { pad_token: padding.token });
    if (pretrained.head.kind === 'causal-lm') await writeEndTokens(out, trained.generation.eosIds);
    if (trained.tokenizer !== pretrained.tokenizer) await writeWhole(joinPath(out, 'chat_template.jinja'), trained.tokenizer.chatTemplate!);
    if (trained.pooling) await writePooling(out, poolingFiles(trained.pooling, vectorSize(pretrained.config), card.maxLength));
    if (task.kind === 'multilabel') await amend(joinPath(out, 'config.json'), { problem_type: 'multi_label_classification' });
    await writeCard(out, { ...card, base: null, baseFingerprint: null, change: null, task });
    return task.kind === 'regression' && (task.mean !== 0 || task.deviation !== 1) ? { task, scale: task } : { task };
  } finally {
    trained.model.dispose();
  }
}

/** Says how vectors are made, where sentence-transformers reads it. */
async function writePooling(folder: string, files: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = joinPath(folder, name);
    await ensureFolder(folderOf(path));
    await writeWhole(path, `${JSON.stringify(content, null, 2)}\n`);
  }
}

/** Entries of the vectors that a model without a head gives. */
const vectorSize = ({ hidden_size: hidden, dim = hidden }: TrainedModel['config']): number => dim as number;

/** Says which tokens end a text, where transformers reads it. */
const writeEndTokens = (folder: string, ids: readonly number[]): Promise<void> => amend(joinPath(folder, 'generation_config.json'), { eos_token_id: ids.length === 1 ? ids[0] : ids });

/** Writes fields into a JSON file, which need not be there yet. */
async function amend(path: string, fields: Readonly<Record<string, unknown>>): Promise<void> {
  await writeWhole(path, `${JSON.stringify({ ...(await readJsonFile(path)), ...fields }, null, 2)}\n`);
}

/**
 * What fills short rows up in a decoder's classifier: transformers takes the last token that is not this one for a text's
 * last. It is the tokenizer's padding, else its end, but none that ends each text.
 */
function paddingOf({ tokenizer, pretrained: { config, head } }: TrainedModel) {
  if (head.kind === 'causal-lm' || head.kind === 'hidden-states' || !familyOf(config).headKinds.includes('causal-lm')) return undefined;
  const { pad, eos, unk, bos } = tokenizer.specialTokens;
  const last = tokenizer.encode('a').ids.at(-1);
  return [pad, eos, unk, bos].find((token) => token && token.id !== last);
}

/** Last layer of a head that gives a score, by its parameters' names in any family. */
const OUTPUT = /(?:^|\.)(?:classifier(?:\.out_proj)?|score)\.(weight|bias)$/;

/** Writes mean and deviation into the head, where it has a bias. @returns what is left of them to apply */
function withScale(model: TransformerModel, task: DefinitionOf<'regression'>): DefinitionOf<'regression'> {
  const output = new Map(model.namedParameters().flatMap(([name, parameter]) => (OUTPUT.test(name) ? [[OUTPUT.exec(name)![1], parameter] as const] : [])));
  const [weight, bias] = [output.get('weight'), output.get('bias')];
  if (!weight || !bias || bias.size !== 1) return task;
  weight.modify((values) => values.forEach((value, index) => (values[index] = value * task.deviation)));
  bias.modify((values) => (values[0] = values[0] * task.deviation + task.mean));
  return { ...task, mean: 0, deviation: 1 };
}
