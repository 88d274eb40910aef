import { parseBertConfig, type BertConfig } from '../bert/index.js';
import { ConfigReader } from '../config.js';

/** BERT's fields, and the size of the embeddings (HF transformers, configuration_electra.py). */
export interface ElectraConfig extends BertConfig {
  /** e; where it is not the hidden size, a linear layer leads from one to the other. */
  readonly embeddingSize: number;
}

/** @throws UnmaskError naming a field that is missing or out of range */
export function parseElectraConfig(config: unknown): ElectraConfig {
  return { ...parseBertConfig(config), embeddingSize: new ConfigReader(config).size('embedding_size') };
}
