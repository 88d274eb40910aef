import { createHash } from 'node:crypto';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { type Columns, type Example, holdOutRows, readUserData, readUserExamples, sharedInputs, type Task, type TaskDefinition, type UserData, userTask } from '@unmask/tasks';
import { UnmaskError } from '@unmask/tensor-core';
import { runExperiment, type RunContext } from '../experiment.js';
import { writeFileAtomically } from '../files.js';
import type { RunResult } from '../result.js';
import { runName, type RunSettings } from '../settings.js';
import { FILES, type Predictions } from '../store/run-files.js';
import { type ModelCard, writeCard } from './card.js';
import { confusionOf } from './confusion.js';
import { claimTraining, leaveNothing, prepareModelFolder, TRAINING } from './output-folder.js';
import { trainingReport } from './report.js';

/** What to train on and measure with. */
export interface TrainModelOptions {
  /** File of the training rows. */
  readonly data: string;
  readonly columns: Columns;
  /** What the rows ask for; by what stands in them when left out. */
  readonly kind?: Task['kind'] | undefined;
  /** File of the rows to measure on; by default some of `data` are held out. */
  readonly evaluationData?: string | undefined;
  /** Share of `data` to hold out, when no file is given. */
  readonly holdOut: number;
  /** Of generation: tokens after which an answer is cut off. */
  readonly maxNewTokens?: number | undefined;
  readonly settings: Omit<RunSettings, 'task' | 'data'>;
  /** Replace a trained model in the folder. */
  readonly overwrite: boolean;
}

/** What {@link trainModel} tells and needs of its surroundings. */
export interface TrainModelContext extends Omit<RunContext, 'task'> {
  /** Facts about the data, a line each. */
  readonly onNote?: (note: string) => void;
}

/**
 * Fine-tunes a model on a user's own rows and leaves in the folder `out` what was trained, its card, `result.json` and
 * `report.md`. Called again with the same options after an interruption, it goes on from the last save.
 * @throws UnmaskError for data, settings or a folder that cannot work
 */
export async function trainModel(options: TrainModelOptions, context: TrainModelContext): Promise<RunResult> {
  await prepareModelFolder(context.out, options.overwrite);
  try {
    return await trainInto(options, context);
  } catch (error) {
    await leaveNothing(context.out);
    throw error;
  }
}

async function trainInto(options: TrainModelOptions, { onNote = () => undefined, out, ...context }: TrainModelContext): Promise<RunResult> {
  const { data, columns, settings } = options;
  const limit = settings.limit ?? undefined;
  const read = await readUserData(data, columns, { kind: options.kind, limit, maxNewTokens: options.maxNewTokens });
  const { definition } = read;
  if (read.inferred) onNote(`${data}: field "${columns.label}" has ${read.inferred.because}, so this is ${definition.kind}; if it is not, say so by --task`);
  const user = userTask(basename(data, extname(data)), definition);
  const evaluation = options.evaluationData === undefined ? undefined : await readUserExamples(options.evaluationData, user, limit);
  const { train, heldOut } = evaluation ? apart(options, read, evaluation, onNote) : holdOutRows(read.examples, options.holdOut, settings.seed);
  onNote(`${train.length} rows to train on, ${heldOut.length} ${evaluation ? 'in the evaluation file' : 'held out'} to measure on`);

  const holdOut = settings.evaluateEvery !== null && settings.holdOut === 0 ? CHOOSING_SHARE : settings.holdOut;
  const run: RunSettings = { ...settings, holdOut, task: user.task.name, data: `${data}#${fingerprint([definition, train, heldOut])}` };
  const training = join(out, TRAINING);
  await claimTraining(out, runName(run), options.overwrite);
  const evaluated = [{ task: user.task, split: 'validation', examples: heldOut }] as const;
  const result = await runExperiment(run, { ...context, out: training, task: { task: user.task, data: { train, evaluation: evaluated } } });
  await finish(out, join(training, runName(run)), result, definition);
  await rm(training, { recursive: true });
  return result;
}

/** Makes a model's folder of a run's: the card comes last, so that a folder that has one has everything. */
async function finish(out: string, run: string, result: RunResult, definition: TaskDefinition): Promise<void> {
  const [{ answers, labels }] = JSON.parse(await readFile(join(run, FILES.predictions), 'utf8')) as [Predictions];
  const confusion = definition.kind === 'classification' ? confusionOf(definition.labels, answers as number[], labels as number[]) : undefined;
  const { deltaFile, model, method, seed, maxLength } = result;
  await writeFileAtomically(join(out, 'report.md'), trainingReport(result, definition, out, confusion));
  for (const name of [...(deltaFile.startsWith('adapter') ? ['adapter_config.json'] : []), deltaFile, FILES.result]) await rename(join(run, name), join(out, name));
  const isFolder = await stat(model).then(() => true, () => false);
  await writeCard(out, { base: isFolder ? resolve(model) : model, change: deltaFile as ModelCard['change'], method, seed, maxLength, task: definition });
}

/** Share of the training rows by which the best step is chosen: chosen by the rows to measure on, its figures would be too good. */
const CHOOSING_SHARE = 0.1;

/** Training and evaluation rows from two files, none of which is in both. */
function apart({ data, evaluationData }: TrainModelOptions, { examples }: UserData, heldOut: readonly Example[], onNote: (note: string) => void) {
  const shared = sharedInputs(heldOut, examples);
  if (shared === heldOut.length) throw new UnmaskError(`every row of ${evaluationData} is in ${data} as well: measure on rows that the model was not trained on`, { code: 'bad-data' });
  if (shared > 0) onNote(`${shared} of ${heldOut.length} rows of ${evaluationData} are in ${data} as well: the figures will be too good`);
  return { train: examples, heldOut };
}

/** Eight hexadecimal digits that depend on the data, so that a training goes on only on the rows that it was begun on. */
function fingerprint(data: unknown): string {
  return createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, 8);
}
