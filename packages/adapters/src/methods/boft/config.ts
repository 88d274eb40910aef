import { UnmaskError } from '@unmask/tensor-core';
import type { ConfigFields, PeftConfig, TargetConfig } from '../../config.js';

/** The configuration of BOFT (HF PEFT tuners/boft/config.py). */
export interface BoftConfig extends PeftConfig, TargetConfig {
  readonly peft_type: 'BOFT';
  /** How many inputs a block has, 4 by default; 0 where `boft_block_num` says it. */
  readonly boft_block_size: number;
  /** How many blocks the inputs of a layer make; 0 where `boft_block_size` says it. */
  readonly boft_block_num: number;
  /** How many factors a rotation has, each of other blocks; 1 by default. */
  readonly boft_n_butterfly_factor: number;
  /** The share of blocks that a training pass leaves as they are, in [0, 1). */
  readonly boft_dropout: number;
  /** Whether the rotations start as identities, and the factors of the outputs at 1. */
  readonly init_weights: boolean;
  readonly bias: 'none';
  /** Whether the base's weights lie [in, out]; the layers know it themselves, so it is kept for the file alone. */
  readonly fan_in_fan_out: boolean;
}

/** @throws UnmaskError naming a field that is out of range */
export function parseBoftConfig(fields: ConfigFields): BoftConfig {
  const count = fields.integer('boft_block_num', 0, 0);
  const config: BoftConfig = {
    ...fields.common('BOFT'),
    peft_type: 'BOFT',
    ...fields.targets(),
    boft_block_size: fields.integer('boft_block_size', count === 0 ? 4 : 0, 0),
    boft_block_num: count,
    boft_n_butterfly_factor: fields.integer('boft_n_butterfly_factor', 1, 1),
    boft_dropout: fields.fraction('boft_dropout', 0),
    init_weights: fields.boolean('init_weights', true),
    bias: fields.choice('bias', ['none'], 'none'),
    fan_in_fan_out: fields.boolean('fan_in_fan_out', false),
  };
  if ((config.boft_block_size === 0) === (count === 0)) {
    throw new UnmaskError(`boft_block_size is ${config.boft_block_size} and boft_block_num ${count}: one of them has to be 0, the other says how large the blocks are`, { code: 'bad-data' });
  }
  return config;
}
