import { locateModel } from '@unmask/models';
import { nameOfRows, type TaskDefinition } from '@unmask/tasks';
import { absolutePath, joinPath, writeWhole } from '@unmask/tensor-core';
import { runTraining, type TrainingContext } from '../training/run-training.js';
import { fingerprintOf } from '../files/files.js';
import type { TrainingResult } from '../result.js';
import type { TrainingSettings } from '../settings.js';
import { FILES } from '../files/names.js';
import { predictionsSchema, resultSchema } from '../files/schemas.js';
import { readStoredJson } from '../files/stored-json.js';
import { isOf, trainingStatus } from '../training/finished.js';
import { longRows, weightsFingerprint } from './base-model.js';
import { type ModelCard, writeCard } from './card.js';
import { confusionOf } from './confusion.js';
import { OutputFolder } from './output-folder.js';
import { type OwnMetrics, withMetrics } from './own-metrics.js';
import { trainingReport } from './report.js';
import { readTrainingRows, type TrainingRowsOptions } from './training-rows.js';

/** What to train on and how. */
export interface TrainModelOptions extends TrainingRowsOptions {
  readonly settings: Omit<TrainingSettings, 'task' | 'data'>;
  /** Replace a trained model in the folder. */
  readonly overwrite: boolean;
  readonly metrics?: OwnMetrics | undefined;
}

/** What {@link trainModel} tells and needs of its surroundings. */
export interface TrainModelContext extends Omit<TrainingContext, 'folder'> {
  /** Folder of the trained model. */
  readonly out: string;
}

/** Share of the training rows by which the best step is chosen: chosen by the rows to measure on, its figures would be too good. */
const CHOOSING_SHARE = 0.1;

/**
 * Fine-tunes a model on a user's own rows and leaves in the folder `out` what was trained, its card, `result.json` and
 * `report.md`. Called again with the same options after an interruption, it goes on from the last save.
 * @throws UnmaskError for data, settings or a folder that cannot work
 */
export async function trainModel(options: TrainModelOptions, context: TrainModelContext): Promise<TrainingResult> {
  const folder = await OutputFolder.open(context.out, options.overwrite);
  try {
    return await trainInto(folder, options, context);
  } finally {
    await folder.close();
  }
}

async function trainInto(folder: OutputFolder, options: TrainModelOptions, context: TrainModelContext): Promise<TrainingResult> {
  const { settings, data } = options;
  const { model, maxLength, seed, evaluateEvery } = settings;
  const { hub = {}, hooks, out, computeLoss } = context;
  const onNote = (note: string) => hooks?.onNote?.(note);
  const { definition, user, train, heldOut } = await readTrainingRows(options, seed, onNote);
  const task = withMetrics(user.task, options.metrics);
  const { long, unanswered, of } = await longRows(model, hub, user.task, train, maxLength);
  if (long > 0) onNote(`${long} of ${of} rows have more than ${maxLength} tokens and are cut off there${unanswered > 0 ? `, ${unanswered} before their answer` : ''}: a larger --max-length takes more of them`);

  const holdOut = evaluateEvery !== null && settings.holdOut === 0 ? CHOOSING_SHARE : settings.holdOut;
  const content = [definition, train, heldOut, ...(computeLoss ? [String(computeLoss)] : [])];
  // the data by its content, so that a training goes on only on the rows that it was begun on
  const run: TrainingSettings = { ...settings, holdOut, task: task.name, data: `${nameOfRows(data)}#${fingerprintOf(content)}` };
  const evaluation = [{ task, split: 'validation', examples: heldOut }] as const;
  await folder.withRun(run, async (files) => {
    const origin = options.limit === undefined ? 'real' : 'sample';
    const status = await trainingStatus(files, isOf(run)); // finished when a kill came before the card
    const result = status.kind === 'finished' ? status.result : await runTraining(run, task, { origin, train, evaluation }, { ...context, folder: files, lock: folder.lock });
    await writeWhole(joinPath(files, 'report.md'), trainingReport(result, definition, out, await confusionIn(files, definition, user.names)));
    const base = (await locateModel(model, hub)) === model ? absolutePath(model) : model; // a folder, or a hub id
    const { deltaFile: change, method } = result;
    await writeCard(files, { base, baseFingerprint: await weightsFingerprint(model, hub), change: change as ModelCard['change'], method, seed, maxLength, task: definition });
  });
  return (await readStoredJson(joinPath(out, FILES.result), resultSchema))!;
}

/** Of classes: which was taken for which, on the rows to measure on. */
async function confusionIn(run: string, definition: TaskDefinition, names: readonly string[] = []) {
  if (definition.kind !== 'classification') return undefined;
  const [predictions] = (await readStoredJson(joinPath(run, FILES.predictions), predictionsSchema)) ?? [];
  return predictions && confusionOf(definition.labels, names, predictions.answers as number[], predictions.labels as number[]);
}
