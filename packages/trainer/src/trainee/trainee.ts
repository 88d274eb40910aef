import { adapterConfig, exportAdapter, getPeftModel, loadAdapter, saveAdapter } from '@unmask/adapters';
import type { HubOptions } from '@unmask/hub';
import { applyDelta, type Delta, loadDelta, saveDelta } from '@unmask/id3';
import { type GenerationDefaults, type Head, loadPretrained, type Pretrained, readGenerationDefaults, type TransformerModel } from '@unmask/models';
import type { Task } from '@unmask/tasks';
import { readPooling } from '../forms/embedding/pooling.js';
import type { Reader } from '../forms/form.js';
import { formOf } from '../forms/index.js';
import { joinPath, type Parameter, Random } from '@unmask/tensor-core';
import { count } from '../methods/budget.js';
import type { Method } from '../methods/method.js';
import type { TrainingSettings } from '../settings.js';

/** What a run trains: a whole model, or an adapter around one. */
export interface Trainee extends Reader {
  /** What may train, in the model's order. */
  readonly parameters: readonly Parameter[];
  /** Whether a parameter is part of the task's new head. */
  readonly isHead: (parameter: Parameter) => boolean;
  /** Scalars in the model, its head and the adapter. */
  readonly totalParameters: number;
  /** Writes what has been trained into the run's folder. @param delta of {@link parameters} @returns the file's name */
  save(folder: string, delta: Delta): Promise<string>;
  /** Whether what is in the folder turns a fresh base model into the trained one, bit for bit; so nothing else has changed. */
  verify(folder: string): Promise<boolean>;
}

/** Where the model of a run is to be had. */
export interface ModelPlace {
  /** A folder or a hub id in place of the one that the settings name, where this machine has the same model elsewhere. */
  readonly model?: string;
  /** Cache folder and fetch for models and data from the Hugging Face hub. */
  readonly hub?: HubOptions;
}

/** Loads the model of a run and puts the method's adapter around it. Equal settings give equal weights. @param steps of the training */
export async function loadTrainee(task: Task, method: Method, settings: TrainingSettings, steps: number, place: ModelPlace): Promise<Trainee> {
  const load = () => loadBase(task, settings, place);
  const pretrained = await load();
  const base = { ...pretrained, ...(await readingOf(task, pretrained)) };
  return method.adapter ? adapted(base, method.adapter(steps), settings, load) : whole(base, settings, load);
}

function loadBase(task: Task, settings: TrainingSettings, { model = settings.model, hub = {} }: ModelPlace): Promise<Pretrained> {
  return loadPretrained(model, { head: headOf(task), random: new Random(settings.seed).fork('head'), ...hub });
}

/** How a trained model ends a text: as its files say, and with the end token of the answers that it was trained on. */
async function generationOf({ folder, config, tokenizer }: Pretrained): Promise<GenerationDefaults> {
  const defaults = await readGenerationDefaults(folder, config);
  const end = tokenizer.specialTokens.eos;
  return end && !defaults.eosIds.includes(end.id) ? { ...defaults, eosIds: [...defaults.eosIds, end.id] } : defaults;
}

/** What a task puts on top of a model. */
export const headOf = (task: Task): Head => formOf(task).head(task);

/** What a task reads and writes texts by. */
export async function readingOf(task: Task, pretrained: Pretrained): Promise<Pick<Reader, 'tokenizer' | 'generation' | 'pooling'>> {
  return {
    tokenizer: formOf(task).tokenizer?.(task, pretrained.tokenizer) ?? pretrained.tokenizer,
    generation: await generationOf(pretrained),
    pooling: pretrained.head.kind === 'hidden-states' ? await readPooling(pretrained.folder) : undefined,
  };
}

/** A loaded model and what its files say about reading and writing texts. */
type Base = Pretrained & Pick<Trainee, 'generation' | 'pooling'>;

const DELTA = 'delta.safetensors';

/** Every parameter of the model; the change is saved as a delta. */
function whole(base: Base, settings: TrainingSettings, load: () => Promise<Pretrained>): Trainee {
  const { model, tokenizer, config, generation, pooling } = base;
  const parameters = model.parameters();
  const head = new Set(base.newParameters);
  return {
    model,
    tokenizer,
    config,
    generation,
    pooling,
    parameters,
    isHead: ({ name }) => head.has(name),
    totalParameters: count(parameters),
    save: async (folder, delta) => {
      const { model: from, method, budget, seed } = settings;
      await saveDelta(joinPath(folder, DELTA), delta, { model: from, method, budget, seed });
      return DELTA;
    },
    verify: async (folder) => {
      const { model: fresh } = await load();
      applyDelta(fresh.parameters(), await loadDelta(joinPath(folder, DELTA)));
      const equal = haveSameBits(fresh, model);
      fresh.dispose();
      return equal;
    },
  };
}

/** The parameters of an adapter, and of the modules that are new in the model; both are saved as HF PEFT's files. */
function adapted(base: Base, ownConfig: Readonly<Record<string, unknown>>, settings: TrainingSettings, load: () => Promise<Pretrained>): Trainee {
  const random = () => new Random(settings.seed).fork('adapter');
  const fresh = [...new Set(base.newParameters.map((name) => name.slice(0, name.lastIndexOf('.'))))];
  const config = adapterConfig({ ...ownConfig, ...settings.adapterConfig, base_model_name_or_path: settings.model, modules_to_save: fresh });
  const model = getPeftModel(base, config, { random: random() });
  return {
    model,
    tokenizer: base.tokenizer,
    config: base.config,
    generation: base.generation,
    pooling: base.pooling,
    parameters: model.trainableParameters(),
    isHead: ({ name }) => fresh.includes(name.slice(0, name.lastIndexOf('.'))),
    totalParameters: count(base.model.parameters()) + count(model.trainableParameters()),
    save: async (folder) => {
      await saveAdapter(model, folder);
      return 'adapter_model.safetensors';
    },
    verify: async (folder) => {
      const fresh = await loadAdapter(await load(), folder, { random: random() });
      const [loaded, trained] = [exportAdapter(fresh).tensors, exportAdapter(model).tensors];
      const equal = haveSameBits(fresh.base.model, model.base.model) && loaded.every(({ values }, index) => sameBits(values(), trained[index].values()));
      fresh.dispose();
      return equal;
    },
  };
}

function haveSameBits(one: TransformerModel, other: TransformerModel): boolean {
  const others = other.parameters();
  return one.parameters().every((parameter, index) => sameBits(parameter.read(), others[index].read()));
}

function sameBits(one: Float32Array | Int32Array, other: Float32Array | Int32Array): boolean {
  const [bits, others] = [one, other].map(({ buffer, byteOffset, length }) => new Int32Array(buffer, byteOffset, length));
  return bits.length === others.length && bits.every((word, index) => word === others[index]);
}
