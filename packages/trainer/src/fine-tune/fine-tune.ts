import type { HubOptions } from '@unmask/hub';
import type { Task } from '@unmask/tasks';
import { joinPath, selectBackend, UnmaskError } from '@unmask/tensor-core';
import { getMethod } from '../methods/methods.js';
import { trainModel } from '../model/train-model.js';
import type { TrainingResult } from '../result.js';
import { DEFAULT_TRAINING, type TrainingSettings } from '../settings.js';
import { together, type TrainerCallback } from '../training/callbacks.js';
import { type Rows, TemporaryFolder } from './rows-file.js';
import { Trained } from './trained.js';

/** Options of {@link fineTune}. What is left out is as in {@link DEFAULT_TRAINING}, or as said here. */
export interface FineTuneOptions extends Partial<Omit<TrainingSettings, 'task' | 'data' | 'method' | 'model' | 'holdOut'>> {
  /** A hub id, or a folder in Hugging Face layout. */
  readonly model: string;
  readonly data: Rows;
  /** The column of the text, or those of a pair of texts. */
  readonly text: string | readonly [string] | readonly [string, string];
  /** The column of what is to be answered. */
  readonly label: string;
  /** What the rows ask for; by what stands in the label's column when left out. */
  readonly task?: Task['kind'];
  /** Rows to measure on; by default `evaluationShare` of `data`, on which then nothing is trained. */
  readonly evaluationData?: Rows;
  /** 0.1 by default. */
  readonly evaluationShare?: number;
  /** A name such as `id3`, the default, `lora`, `id3+lora` or `fft`, or the configuration of an adapter, `{ peft_type: 'LORA', r: 8 }`. */
  readonly method?: string | PeftFields;
  /** Entries to unmask, of the methods that have a budget; 40,000 by default. */
  readonly budget?: number;
  /** The method's own by default. */
  readonly learningRate?: number;
  /** 1 by default. */
  readonly seed?: number;
  /** An engine by name; `auto` by default. */
  readonly backend?: string;
  /** Called on the way, in their order; they may end the training. */
  readonly callbacks?: readonly TrainerCallback[];
  /** Ends the training after the running step, with an UnmaskError `interrupted`. */
  readonly signal?: AbortSignal;
  /** Cache folder and fetch for models from the Hugging Face hub. */
  readonly hub?: HubOptions;
}

/** The configuration of an adapter in HF PEFT's fields. */
interface PeftFields {
  readonly peft_type: string;
  readonly [field: string]: unknown;
}

const DEFAULT_BUDGET = 40_000;

/**
 * Fine-tunes a model on rows of one's own, in one call.
 * @returns the model, ready to predict, and its `result`
 * @throws UnmaskError for data, settings or a model that cannot work
 */
export async function fineTune(options: FineTuneOptions): Promise<Trained & { readonly result: TrainingResult }> {
  const { data, text, label, task, evaluationData, evaluationShare = 0.1, backend = 'auto', hub = {}, signal, callbacks = [] } = options;
  const hooks = together(callbacks);
  const texts = typeof text === 'string' ? ([text] as const) : text;
  const settings = settingsOf(options);
  const engine = await selectBackend(backend);
  const temporary = await TemporaryFolder.make();
  try {
    const folder = joinPath(temporary.path, 'model');
    const work = {
      data: await temporary.fileOf(data, 'rows'),
      evaluationData: evaluationData && (await temporary.fileOf(evaluationData, 'evaluation-rows')),
      columns: { texts, label },
      kind: task,
      holdOut: evaluationShare,
      settings,
      overwrite: false,
    };
    const result = await trainModel(work, { out: folder, backend: engine.name, hub, hooks, ...(signal ? { signal } : {}) });
    return Object.assign(await Trained.load(folder, hub, temporary), { result });
  } catch (error) {
    await temporary.remove();
    throw error;
  }
}

/** Names of the settings of {@link DEFAULT_TRAINING}, which the options may give. */
const NAMES = Object.keys(DEFAULT_TRAINING) as (keyof typeof DEFAULT_TRAINING)[];

function settingsOf(options: FineTuneOptions): Omit<TrainingSettings, 'task' | 'data'> {
  const { method: given = 'id3', budget = DEFAULT_BUDGET, learningRate, seed = 1, model } = options;
  const fields: Readonly<Record<string, unknown>> = { ...options };
  const own = Object.fromEntries(NAMES.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])));
  const { name, adapterConfig } = typeof given === 'string' ? { name: given, adapterConfig: {} } : { name: methodNameOf(given), adapterConfig: { adapterConfig: given } };
  const method = getMethod(name);
  return {
    ...DEFAULT_TRAINING,
    ...(options.maxSteps === undefined ? {} : { epochs: null }),
    ...own,
    ...adapterConfig,
    model,
    method: name,
    budget: method.trains === 'budget' ? budget : null,
    learningRate: learningRate ?? method.learningRate,
    seed,
  };
}

/** The method whose adapter has a type, such as `lora` for `LORA`. */
function methodNameOf({ peft_type: type }: PeftFields): string {
  if (typeof type !== 'string') throw new UnmaskError(`method has a peft_type of ${JSON.stringify(type)}: give the name of a method, or a configuration with a peft_type such as "LORA"`);
  return type.toLowerCase().replaceAll('_', '-');
}
