import { join } from 'node:path';
import { getPeftModel, loadAdapter, saveAdapter } from '@unmask/adapters';
import type { HubOptions } from '@unmask/hub';
import { applyDelta, loadDelta, saveDelta, type SelectiveTraining } from '@unmask/id3';
import { loadPretrained, type Pretrained, type Tokenizer, type TransformerModel } from '@unmask/models';
import type { Task } from '@unmask/tasks';
import { type Parameter, Random } from '@unmask/tensor-core';
import { count } from './budget.js';
import type { Method } from './methods.js';
import type { RunSettings } from './result.js';

/** What a run trains: a whole model, or an adapter around one. */
export interface Trainee {
  readonly model: TransformerModel;
  readonly tokenizer: Tokenizer;
  /** What may train, in the model's order. */
  readonly parameters: readonly Parameter[];
  /** Whether a parameter is part of the task's new head. */
  readonly isHead: (parameter: Parameter) => boolean;
  /** Scalars in the model, its head and the adapter. */
  readonly totalParameters: number;
  /** Writes what has been trained into the run's folder. @returns the file's name */
  save(folder: string, training: SelectiveTraining): Promise<string>;
  /** Whether what is in the folder turns a fresh base model into the trained one, bit for bit; so nothing else has changed. */
  verify(folder: string): Promise<boolean>;
}

/** Loads the model of a run and puts the method's adapter around it. Equal settings give equal weights. */
export async function loadTrainee(task: Task, method: Method, settings: RunSettings, hub: HubOptions): Promise<Trainee> {
  const load = () => loadBase(task, settings, hub);
  const base = await load();
  return method.adapter ? adapted(base, method, settings, load) : whole(base, settings, load);
}

function loadBase(task: Task, settings: RunSettings, hub: HubOptions): Promise<Pretrained> {
  const head = task.kind === 'regression' ? ({ kind: 'regression' } as const) : ({ kind: 'classification', labels: task.labels.length } as const);
  return loadPretrained(settings.model, { head, random: new Random(settings.seed).fork('head'), ...hub });
}

const DELTA = 'delta.safetensors';

/** Every parameter of the model; the change is saved as a delta. */
function whole(base: Pretrained, settings: RunSettings, load: () => Promise<Pretrained>): Trainee {
  const { model, tokenizer } = base;
  const parameters = model.parameters();
  const head = new Set(base.newParameters);
  return {
    model,
    tokenizer,
    parameters,
    isHead: ({ name }) => head.has(name),
    totalParameters: count(parameters),
    save: async (folder, training) => {
      const { model: from, method, budget, seed } = settings;
      await saveDelta(join(folder, DELTA), training.delta(), { model: from, method, budget, seed });
      return DELTA;
    },
    verify: async (folder) => {
      const { model: fresh } = await load();
      applyDelta(fresh.parameters(), await loadDelta(join(folder, DELTA)));
      return equalBits(fresh, model);
    },
  };
}

/** The parameters of an adapter, and of the modules that are new in the model; both are saved as HF PEFT's files. */
function adapted(base: Pretrained, method: Method, settings: RunSettings, load: () => Promise<Pretrained>): Trainee {
  const random = () => new Random(settings.seed).fork('adapter');
  const fresh = [...new Set(base.newParameters.map((name) => name.slice(0, name.lastIndexOf('.'))))];
  const config = { ...method.adapter, ...settings.adapterConfig, base_model_name_or_path: settings.model, modules_to_save: fresh };
  const model = getPeftModel(base, config, { random: random() });
  return {
    model,
    tokenizer: base.tokenizer,
    parameters: model.trainableParameters(),
    isHead: ({ name }) => fresh.includes(name.slice(0, name.lastIndexOf('.'))),
    totalParameters: count(base.model.parameters()) + count(model.trainableParameters()),
    save: async (folder) => {
      await saveAdapter(model, folder);
      return 'adapter_model.safetensors';
    },
    verify: async (folder) => equalBits(await loadAdapter(await load(), folder, { random: random() }), model),
  };
}

/** Compares a model with the trained one, and frees it. */
function equalBits(fresh: TransformerModel, trained: TransformerModel): boolean {
  const bits = (parameter: Parameter) => {
    const values = parameter.read();
    return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  };
  const others = trained.parameters();
  const equal = fresh.parameters().every((parameter, index) => bits(parameter).equals(bits(others[index])));
  fresh.dispose();
  return equal;
}
