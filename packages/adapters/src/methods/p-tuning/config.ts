import type { ConfigFields } from '../../config.js';
import { virtualTokens, type VirtualTokensConfig } from '../../parts/virtual-tokens.js';

/** The configuration of P-tuning (HF PEFT tuners/p_tuning/config.py). */
export interface PTuningConfig extends VirtualTokensConfig {
  readonly peft_type: 'P_TUNING';
  /** The network that makes the vectors in training. Files hold what it makes, so adapters of an `LSTM` are read, but none trains here. */
  readonly encoder_reparameterization_type: 'MLP' | 'LSTM';
  /** The network's hidden size; null: that of word vectors. */
  readonly encoder_hidden_size: number | null;
  /** Layers and dropout of an LSTM. */
  readonly encoder_num_layers: number;
  readonly encoder_dropout: number;
}

/** @throws UnmaskError naming a field that is missing or out of range */
export function parsePTuningConfig(fields: ConfigFields): PTuningConfig {
  return {
    ...fields.common('P_TUNING'),
    ...(fields.finished && { inference_mode: true }),
    peft_type: 'P_TUNING',
    ...virtualTokens(fields),
    encoder_reparameterization_type: fields.choice('encoder_reparameterization_type', ['MLP', 'LSTM'], 'MLP'),
    encoder_hidden_size: fields.optionalInteger('encoder_hidden_size', 1),
    encoder_num_layers: fields.integer('encoder_num_layers', 2, 1),
    encoder_dropout: fields.fraction('encoder_dropout', 0),
  };
}
