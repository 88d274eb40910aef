import { parseBertConfig, type BertConfig } from '../bert/index.js';
import { ConfigReader } from '../config.js';

/** BERT's fields, and what padding is called (HF transformers, configuration_roberta.py). */
export interface RobertaConfig extends BertConfig {
  /** Token id of padding, and its row in the table of positions; those of tokens come after it. */
  readonly paddingIndex: number;
}

/** @throws UnmaskError naming a field that is missing or out of range */
export function parseRobertaConfig(config: unknown): RobertaConfig {
  return { ...parseBertConfig(config), paddingIndex: new ConfigReader(config).count('pad_token_id', 1) };
}
