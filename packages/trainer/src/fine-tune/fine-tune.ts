import type { HubOptions } from '@unmask/hub';
import type { Rows, Task } from '@unmask/tasks';
import { joinPath, makeTemporaryFolder, removePath, selectBackend, UnmaskError } from '@unmask/tensor-core';
import { chooseMethod, type MethodChoice } from '../methods/choose-method.js';
import type { Method } from '../methods/method.js';
import type { OwnMetrics } from '../model/own-metrics.js';
import { trainModel } from '../model/train-model.js';
import type { TrainingRowsOptions } from '../model/training-rows.js';
import type { TrainingResult } from '../result.js';
import { DEFAULT_TRAINING, type TrainingSettings } from '../settings.js';
import { together, type TrainerCallback } from '../training/callbacks.js';
import type { TrainingContext } from '../training/run-training.js';
import { type ModelFiles, modelFolder } from './model-folder.js';
import { Trained } from './trained.js';

/** Options of {@link fineTune}. What is left out is as in {@link DEFAULT_TRAINING}, or as said here. */
export interface FineTuneOptions
  extends Partial<Omit<TrainingSettings, 'task' | 'data' | 'method' | 'model' | 'adapterConfig'>>,
    Omit<TrainingRowsOptions, 'data' | 'columns' | 'kind' | 'evaluationData' | 'holdOut'>,
    Pick<TrainingContext, 'checkpointEvery' | 'computeLoss' | 'tensorboard'>,
    OwnMetrics {
  readonly model: ModelFiles;
  readonly data: Rows;
  /** The column of the text, or those of texts that belong together; left out for rows that are known by their fields, such as conversations. */
  readonly text?: string | readonly string[] | undefined;
  /** The column of what is to be answered. */
  readonly label?: string | undefined;
  /** What the rows ask for; by their fields and what stands in the label's column when left out. */
  readonly task?: Task['kind'] | undefined;
  /** Rows to measure on; by default `evaluationShare` of `data`, on which then nothing is trained. */
  readonly evaluationData?: Rows | undefined;
  /** 0.1 by default. */
  readonly evaluationShare?: number;
  /** `id3` by default. */
  readonly method?: MethodChoice;
  /** Entries to unmask, of the methods that have a budget; 40,000 by default. */
  readonly budget?: number | null;
  /** The method's own by default. */
  readonly learningRate?: number;
  /** 1 by default. */
  readonly seed?: number;
  /** Fields of the configuration of a named method's adapter that differ from the method's. */
  readonly adapterConfig?: TrainingSettings['adapterConfig'];
  /** An engine by name; `auto` by default. */
  readonly backend?: string;
  /** Folder for what is trained. A training that was cut off there goes on when it is called for again. By default it is a temporary one, which {@link Trained.save} copies. */
  readonly out?: string;
  /** Whether a trained model in `out` is replaced; false by default. */
  readonly overwrite?: boolean;
  /** Called on the way, in their order; they may end the training. */
  readonly callbacks?: readonly TrainerCallback[];
  /** Ends the training after the running step, with an UnmaskError `interrupted`. */
  readonly signal?: AbortSignal;
  /** Cache folder and fetch for models from the Hugging Face hub. */
  readonly hub?: HubOptions;
}

const DEFAULT_BUDGET = 40_000;

const said = new Set<string>();

/** Says what costs most of the time: to who takes notes, else once on the console. */
function tell(note: string, callbacks: readonly TrainerCallback[]): void {
  for (const callback of callbacks) callback.onNote?.(note);
  if (callbacks.some((callback) => 'onNote' in callback) || said.has(note)) return;
  said.add(note);
  console.warn(note); // eslint-disable-line no-console -- nobody else would hear of it
}

/**
 * Fine-tunes a model on rows of one's own, in one call.
 * @returns the model, ready to predict, and its `result`
 * @throws UnmaskError for data, settings or a model that cannot work
 */
export async function fineTune(options: FineTuneOptions): Promise<Trained & { readonly result: TrainingResult }> {
  const { data, text = [], label = null, task: kind, evaluationData, evaluationShare = 0.1, backend = 'auto', hub = {}, out, overwrite = false, callbacks = [] } = options;
  const { limit, skipBadRows, delimiter, encoding, metrics, metricForBestModel, signal, checkpointEvery, computeLoss, tensorboard } = options;
  const { maxNewTokens, separator, threshold, prompt, chatTemplate, loss, beta, matryoshka } = options;
  const method = chooseMethod(options.method ?? 'id3');
  const engine = await selectBackend(backend);
  if (engine.remedy !== undefined) tell(engine.message, callbacks);
  const model = modelFolder(options.model);
  const temporary = out === undefined ? await makeTemporaryFolder() : undefined;
  const release = async () => {
    model.unmount();
    if (temporary !== undefined) await removePath(temporary);
  };
  const folder = out ?? joinPath(temporary!, 'model');
  try {
    const columns = { texts: typeof text === 'string' ? [text] : text, label };
    const form = { maxNewTokens, separator, threshold, prompt, chatTemplate, loss, beta, matryoshka };
    const rows = { data, columns, kind, evaluationData, holdOut: evaluationShare, limit, skipBadRows, delimiter, encoding, ...form };
    const result = await trainModel(
      { ...rows, settings: settingsOf(options, model.folder, method), overwrite, metrics: { metrics, metricForBestModel } },
      { out: folder, backend: engine.name, hub, hooks: together(callbacks), method, computeLoss, ...(tensorboard !== undefined && { tensorboard }), ...(signal && { signal }), ...(checkpointEvery !== undefined && { checkpointEvery }) },
    );
    return Object.assign(new Trained(folder, hub, release), { result });
  } catch (error) {
    await release();
    if (temporary === undefined || !UnmaskError.isInstance(error) || error.code !== 'interrupted') throw error;
    throw new UnmaskError('the training was ended by its signal: with a folder, out, the same call goes on from where it was', { code: 'interrupted', cause: error });
  }
}

/** Names of the settings of {@link DEFAULT_TRAINING}, which the options may give. */
const NAMES = Object.keys(DEFAULT_TRAINING) as (keyof typeof DEFAULT_TRAINING)[];

function settingsOf(options: FineTuneOptions, model: string, method: Method): Omit<TrainingSettings, 'task' | 'data'> {
  const { method: choice = 'id3', budget = DEFAULT_BUDGET, learningRate = method.learningRate, seed = 1 } = options;
  const given = Object.fromEntries(NAMES.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
  const isNamed = typeof choice === 'string';
  return {
    ...DEFAULT_TRAINING,
    ...(options.maxSteps === undefined ? {} : { epochs: null }),
    ...given,
    ...(!isNamed && method.adapter ? { adapterConfig: method.adapter(1) } : {}),
    // nothing but a strategy itself says what it trains, the new head included
    ...(!isNamed && method.trains === 'own-set' ? { head: 'competes' as const } : {}),
    model,
    method: method.name,
    budget: method.trains === 'budget' ? budget : null,
    learningRate,
    seed,
  };
}
