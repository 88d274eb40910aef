import { join } from 'node:path';
import { readJsonFile, savePretrained, type TransformerModel } from '@unmask/models';
import type { DefinitionOf, TaskDefinition } from '@unmask/tasks';
import { writeFileAtomically } from '../files/files.js';
import { writeCard } from './card.js';
import { loadTrainedModel, type LoadTrainedOptions, mergedModel } from './trained-model.js';

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
    const config = 'labels' in task ? { ...pretrained.config, id2label: Object.fromEntries(task.labels.entries()) } : pretrained.config;
    await savePretrained(model, out, { ...pretrained, config });
    if (task.kind === 'generation') await writeEndTokens(out, trained.generation.eosIds);
    await writeCard(out, { ...card, base: null, baseFingerprint: null, change: null, task });
    return task.kind === 'regression' && (task.mean !== 0 || task.deviation !== 1) ? { task, scale: task } : { task };
  } finally {
    trained.model.dispose();
  }
}

/** Says which tokens end a text, where transformers reads it. */
async function writeEndTokens(folder: string, ids: readonly number[]): Promise<void> {
  const path = join(folder, 'generation_config.json');
  const config = { ...(await readJsonFile(path)), eos_token_id: ids.length === 1 ? ids[0] : ids };
  await writeFileAtomically(path, `${JSON.stringify(config, null, 2)}\n`);
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
