import { copyPath, joinPath, makeFolder, namesIn, UnmaskError } from '@unmask/tensor-core';
import { evaluateModel, type EvaluateModelOptions, type ModelEvaluation } from '../model/evaluate-model.js';
import { mergeModel, type MergedModel } from '../model/merge-model.js';
import { type Prediction, predictRows } from '../model/predict-rows.js';
import { loadTrainedModel, type LoadTrainedOptions, type TrainedModel } from '../model/trained-model.js';
import { type Fields, type Rows, TemporaryFolder } from './rows-file.js';

/** A model that was fine-tuned on rows of one's own, ready to be used. Dispose it. */
export class Trained {
  /** Model, tokenizer and task, for those who want more than the methods here. */
  readonly model: TrainedModel;
  readonly #folder: string;
  readonly #temporary: TemporaryFolder | undefined;

  private constructor(model: TrainedModel, folder: string, temporary: TemporaryFolder | undefined) {
    this.model = model;
    this.#folder = folder;
    this.#temporary = temporary;
  }

  /** Use {@link loadTrained}. @param temporary what is deleted when the model is disposed of */
  static async load(folder: string, options: LoadTrainedOptions, temporary?: TemporaryFolder): Promise<Trained> {
    return new Trained(await loadTrainedModel(folder, options), folder, temporary);
  }

  /**
   * Answers inputs, in their order.
   * @param inputs texts, pairs of texts as arrays of two, or rows with the columns that the model was trained on
   * @throws UnmaskError for an input that does not fit the task
   */
  async predict(inputs: Iterable<string | readonly string[] | Fields>, { batchSize }: { readonly batchSize?: number } = {}): Promise<Prediction[]> {
    const { user, card } = this.model;
    const rows = Array.from(inputs, (input, index) => rowOf(input, card.task.texts, index));
    const examples = (async function* () {
      for (const row of rows) yield await Promise.resolve({ row, example: user.input(row) });
    })();
    const predictions: Prediction[] = [];
    for await (const { prediction, probability } of predictRows(this.model, examples, batchSize)) predictions.push(probability === undefined ? { prediction } : { prediction, probability });
    return predictions;
  }

  /** Measures the model on labelled rows. @throws UnmaskError with the place of rows that do not fit */
  async evaluate(data: Rows, options: EvaluateModelOptions = {}): Promise<ModelEvaluation> {
    const temporary = await TemporaryFolder.make();
    try {
      return await evaluateModel(this.model, await temporary.fileOf(data, 'rows'), options);
    } finally {
      await temporary.remove();
    }
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
  merge(folder: string, options: LoadTrainedOptions = {}): Promise<MergedModel> {
    return mergeModel(this.#folder, folder, options);
  }

  /** Frees the model's memory, and what was not saved. */
  async dispose(): Promise<void> {
    this.model.model.dispose();
    await this.#temporary?.remove();
  }
}

function rowOf(input: string | readonly string[] | Fields, columns: readonly string[], index: number): ReadonlyMap<string, unknown> {
  if (typeof input !== 'string' && !Array.isArray(input)) return new Map(Object.entries(input));
  const texts = (typeof input === 'string' ? [input] : input) as readonly string[];
  if (texts.length === columns.length) return new Map(columns.map((column, place) => [column, texts[place]]));
  throw new UnmaskError(`input ${index + 1} is ${texts.length} ${texts.length === 1 ? 'text' : 'texts'}: this model reads ${columns.join(' and ')}, so give ${columns.length === 1 ? 'a text' : 'two in an array'}, or a row with these columns`);
}

/**
 * Loads what {@link Trained.save} or `unmask train` left in a folder.
 * @throws UnmaskError for anything missing or malformed, by name
 */
export const loadTrained = (folder: string, options: LoadTrainedOptions = {}): Promise<Trained> => Trained.load(folder, options);
