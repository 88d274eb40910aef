import type { ConfigFields, PeftConfig, TargetConfig } from '../../config.js';

/** Which form of MiSS: `true` sums blocks of inputs, `mini` repeats the outputs, too; `bat` multiplies blocks of the weight; `false` is `true` away from zero. */
export type MissInit = boolean | 'bat' | 'mini';

/** The configuration of MiSS (HF PEFT tuners/miss/config.py). */
export interface MissConfig extends PeftConfig, TargetConfig {
  readonly peft_type: 'MISS';
  /** Rank: how many inputs are left when blocks of them are summed; 64 by default. */
  readonly r: number;
  /** Of `mini`: how many outputs are computed, which are then repeated. */
  readonly mini_r: number;
  /** Dropout of the update's input, in [0, 1); not of `bat`. */
  readonly miss_dropout: number;
  readonly init_weights: MissInit;
  readonly bias: 'none';
}

/** @throws UnmaskError naming a field that is out of range */
export function parseMissConfig(fields: ConfigFields): MissConfig {
  return {
    ...fields.common('MISS'),
    peft_type: 'MISS',
    ...fields.targets(),
    r: fields.integer('r', 64, 1),
    mini_r: fields.integer('mini_r', 1, 1),
    miss_dropout: fields.fraction('miss_dropout', 0),
    init_weights: fields.choice<MissInit>('init_weights', [true, false, 'bat', 'mini'], true),
    bias: fields.choice('bias', ['none'], 'none'),
  };
}
