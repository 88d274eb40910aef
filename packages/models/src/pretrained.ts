import { constructWithin, factsOf, joinPath, openCheckpoint, Random, readJsonFile, shown, UnmaskError } from '@unmask/tensor-core';
import { ConfigReader } from './config.js';
import { fetchFromHub, type HubOptions } from './hub.js';
import { wrongFolder } from './folder-kind.js';
import { type Head, outputsOf, type TransformerModel } from './model.js';
import { familyOf } from './registry.js';
import { Tokenizer } from './tokenizer/index.js';
import { initialize, limitOf, loadWeights, storesUntied } from './weights.js';

/** Options of {@link loadPretrained}. */
export interface LoadOptions extends HubOptions {
  readonly head: Head;
  /** Where fresh weights (a new head) come from; of a fixed seed when left out. */
  readonly random?: Random;
}

/** A loaded model. */
export interface LoadedModel {
  readonly model: TransformerModel;
  /** config.json as it is, but that `tie_word_embeddings` is false where the checkpoint holds other values for words and head. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What it has on top. */
  readonly head: Head;
  /** Parameters that the checkpoint did not hold. */
  readonly newParameters: readonly string[];
  /** The folder that it came from. */
  readonly folder: string;
}

/** A loaded model with its tokenizer. */
export interface Pretrained extends LoadedModel {
  readonly tokenizer: Tokenizer;
}

/**
 * Loads configuration, weights and tokenizer and puts a head on top.
 * @param source a folder in Hugging Face layout, or a hub id such as `sentence-transformers/all-MiniLM-L6-v2`
 * @throws UnmaskError for anything missing or malformed, by name
 */
export async function loadPretrained(source: string, { head, random, ...hub }: LoadOptions): Promise<Pretrained> {
  const folder = await locateModel(source, hub);
  const tokenizer = await Tokenizer.load(folder);
  return { ...(await loadModel(folder, { head, ...(random && { random }) })), tokenizer };
}

/**
 * Loads configuration and weights alone, for token ids from elsewhere.
 * @param source as for {@link loadPretrained}
 * @throws UnmaskError for anything missing or malformed, by name
 */
export async function loadModel(source: string, { head, random = new Random(0), ...hub }: LoadOptions): Promise<LoadedModel> {
  const folder = await locateModel(source, hub);
  let config = await readConfig(folder);
  const family = familyOf(config);
  const initializerRange = initializerRangeOf(config);
  const checkpoint = await openCheckpoint(folder);
  const weights = { checkpoint, folder, family };
  const build = () => constructWithin(limitOf(checkpoint, outputsOf(head)), () => family.build(config, head).nameParameters(), { filled: true });
  try {
    let model = build();
    try {
      if (await storesUntied(model, weights)) {
        config = { ...config, tie_word_embeddings: false };
        model.dispose();
        model = build();
      }
      const newParameters = await loadWeights(model, weights, initializerRange, random);
      return { model, config, head, newParameters, folder };
    } catch (error) {
      model.dispose();
      throw error;
    }
  } finally {
    await checkpoint.close();
  }
}

/**
 * A model with fresh weights, to be trained from the start: matrices are drawn from N(0, `initializer_range`²), vectors keep
 * the values that their modules gave them.
 * @param config the content of a config.json, as `savePretrained` writes it
 * @throws UnmaskError naming a bad field, or when the family has no such head
 */
export function newModel(config: Readonly<Record<string, unknown>>, { head, random = new Random(0) }: Pick<LoadOptions, 'head' | 'random'>): TransformerModel {
  const model = familyOf(config).build(config, head).nameParameters();
  for (const parameter of model.parameters()) initialize(parameter, initializerRangeOf(config), random.fork(parameter.name));
  return model;
}

const initializerRangeOf = (config: Readonly<Record<string, unknown>>): number => new ConfigReader(config).fraction('initializer_range', 0.02);

/**
 * The folder of a model on this machine: a local folder as it is; what looks like a hub id is downloaded from the hub.
 * @throws UnmaskError `not-found` when it can be had from neither
 */
export async function locateModel(source: string, options: HubOptions): Promise<string> {
  const local = await factsOf(source).catch(() => undefined);
  if (local?.kind === 'folder' || /^https?:/.test(source)) return source;
  if (local || !/^[\w.-]+\/[\w.-]+$/.test(source) || source.startsWith('.')) {
    throw new UnmaskError(`no model folder at ${source}; give a folder in Hugging Face layout, or a hub id like owner/name`, { code: 'not-found' });
  }
  return fetchFromHub(source, options);
}

async function readConfig(folder: string): Promise<Readonly<Record<string, unknown>>> {
  const config = await readJsonFile(joinPath(folder, 'config.json'));
  if (!config) throw await wrongFolder(folder);
  if (config.quantization_config === undefined || config.quantization_config === null) return config;
  const { quant_method: method } = config.quantization_config as { readonly quant_method?: unknown };
  throw new UnmaskError(
    `${folder} holds a model in fewer bits (quantization_config: ${shown(method)}), which is not supported: take the original, or write one in Python, model.dequantize().save_pretrained(folder)`,
    { code: 'unsupported' },
  );
}
