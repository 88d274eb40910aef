import type { Fields, Rows } from '@unmask/tasks';
import { copyPath, joinPath, makeFolder, namesIn, UnmaskError } from '@unmask/tensor-core';
import type { Prediction } from '../forms/form.js';
import { evaluateModel, type EvaluateModelOptions, type ModelEvaluation } from '../model/evaluate-model.js';
import { mergeModel, type MergedModel } from '../model/merge-model.js';
import { predictRows } from '../model/predict-rows.js';
import { loadTrainedModel, type LoadTrainedOptions, type TrainedModel } from '../model/trained-model.js';
import { type ModelFiles, modelFolder } from './model-folder.js';

/** A model that was fine-tuned on rows of one's own, ready to be used. Dispose it. */
export class Trained {
  readonly #folder: string;
  readonly #options: LoadTrainedOptions;
  readonly #release: () => Promise<void> | void;
  #model: Promise<TrainedModel> | undefined;

  /** Use {@link loadTrained}. @param release called when the model is disposed of */
  constructor(folder: string, options: LoadTrainedOptions, release: () => Promise<void> | void) {
    this.#folder = folder;
    this.#options = options;
    this.#release = release;
  }

  /** Model, tokenizer and task, for those who want more than the methods here. They are loaded when they are first needed. */
  load(): Promise<TrainedModel> {
    return (this.#model ??= loadTrainedModel(this.#folder, this.#options));
  }

  /**
   * Answers inputs, in their order.
   * @param inputs texts, pairs of texts as arrays of two, or rows with the columns that the model was trained on
   * @throws UnmaskError for an input that does not fit the task
   */
  async predict(inputs: Iterable<string | readonly string[] | Fields>, { batchSize }: { readonly batchSize?: number } = {}): Promise<Prediction[]> {
    const model = await this.load();
    const { user } = model;
    const rows = Array.from(inputs, (input, index) => rowOf(input, user.inputs, index));
    const examples = (async function* () {
      for (const row of rows) yield await Promise.resolve({ row, example: user.input(row) });
    })();
    const predictions: Prediction[] = [];
    for await (const { prediction, probability } of predictRows(model, examples, batchSize)) predictions.push(probability === undefined ? { prediction } : { prediction, probability });
    return predictions;
  }

  /** Measures the model on labelled rows. @throws UnmaskError with the place of rows that do not fit */
  async evaluate(data: Rows, options: EvaluateModelOptions = {}): Promise<ModelEvaluation> {
    return evaluateModel(await this.load(), data, options);
  }

  /**
   * Writes what was trained, with its card: a folder that {@link loadTrained} and `unmask predict` load, with the base model.
   * @param folder must not be there yet, or be an empty folder
   */
  async save(folder: string): Promise<void> {
    await makeFolder(folder, async (temporary) => {
      for (const name of (await namesIn(this.#folder))!) await copyPath(joinPath(this.#folder, name), joinPath(temporary, name));
    });
  }

  /** Writes the whole model, the base with what was trained in it, as a folder that Hugging Face transformers loads. @param folder as for {@link save} */
  merge(folder: string): Promise<MergedModel> {
    return mergeModel(this.#folder, folder, this.#options);
  }

  /** Frees the model's memory, and what was not saved. */
  async dispose(): Promise<void> {
    const loaded = await this.#model?.catch(() => undefined);
    loaded?.model.dispose();
    await this.#release();
  }
}

function rowOf(input: string | readonly string[] | Fields, columns: readonly string[], index: number): ReadonlyMap<string, unknown> {
  if (typeof input !== 'string' && !Array.isArray(input)) return new Map(Object.entries(input));
  const texts = (typeof input === 'string' ? [input] : input) as readonly string[];
  if (texts.length === columns.length) return new Map(columns.map((column, place) => [column, texts[place]]));
  throw new UnmaskError(`input ${index + 1} is ${texts.length} ${texts.length === 1 ? 'text' : 'texts'}: this model reads ${columns.join(' and ')}, so give ${columns.length === 1 ? 'a text' : 'two in an array'}, or a row with these columns`);
}

/** Options of {@link loadTrained}. */
export interface LoadOptions extends Omit<LoadTrainedOptions, 'base'> {
  /** The base model, when it is no longer where it was during training. */
  readonly base?: ModelFiles | undefined;
}

/**
 * Loads what {@link Trained.save} or `unmask train` left in a folder.
 * @param files the folder, or the files in it that a user has chosen on a page
 * @throws UnmaskError for anything missing or malformed, by name
 */
export async function loadTrained(files: ModelFiles, { base, ...hub }: LoadOptions = {}): Promise<Trained> {
  const [place, basePlace] = [modelFolder(files), base === undefined ? undefined : modelFolder(base)];
  const release = () => {
    place.unmount();
    basePlace?.unmount();
  };
  const trained = new Trained(place.folder, { ...hub, base: basePlace?.folder }, release);
  try {
    await trained.load();
    return trained;
  } catch (error) {
    release();
    throw error;
  }
}
