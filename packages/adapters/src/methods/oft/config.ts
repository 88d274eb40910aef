import { UnmaskError } from '@unmask/tensor-core';
import type { ConfigFields, PeftConfig, TargetConfig } from '../../config.js';

/** The configuration of OFT (HF PEFT tuners/oft/config.py). */
export interface OftConfig extends PeftConfig, TargetConfig {
  readonly peft_type: 'OFT';
  /** How many blocks the inputs of a layer make; 0 where `oft_block_size` says it. */
  readonly r: number;
  /** How many inputs a block has, 32 by default; 0 where `r` says it. The nearest divisor of the layer's inputs is taken. */
  readonly oft_block_size: number;
  /** Kept for the file: PEFT 0.21 reads it and does not use it. */
  readonly module_dropout: number;
  /** Whether blocks stay within a distance of the identity (COFT), … */
  readonly coft: boolean;
  /** … which is this, divided by the root of the number of blocks. */
  readonly eps: number;
  /** Whether all blocks of a layer share one rotation. */
  readonly block_share: boolean;
  /** Whether the inverse in Cayley's transform is a Neumann series, which is fast and nearly orthogonal, … */
  readonly use_cayley_neumann: boolean;
  /** … with so many terms. */
  readonly num_cayley_neumann_terms: number;
  /** Whether the rotations start as identities. */
  readonly init_weights: boolean;
  readonly bias: 'none';
  /** Whether the base's weights lie [in, out]; the layers know it themselves, so it is kept for the file alone. */
  readonly fan_in_fan_out: boolean;
}

/** @throws UnmaskError naming a field that is out of range */
export function parseOftConfig(fields: ConfigFields): OftConfig {
  const config: OftConfig = {
    ...fields.common('OFT'),
    peft_type: 'OFT',
    ...fields.targets(),
    r: fields.integer('r', 0, 0),
    oft_block_size: fields.integer('oft_block_size', 32, 0),
    module_dropout: fields.fraction('module_dropout', 0),
    coft: fields.boolean('coft', false),
    eps: fields.number('eps', 6e-5, 0, { open: true }),
    block_share: fields.boolean('block_share', false),
    use_cayley_neumann: fields.boolean('use_cayley_neumann', true),
    num_cayley_neumann_terms: fields.integer('num_cayley_neumann_terms', 5, 1),
    init_weights: fields.boolean('init_weights', true),
    bias: fields.choice('bias', ['none'], 'none'),
    fan_in_fan_out: fields.boolean('fan_in_fan_out', false),
  };
  if ((config.r === 0) === (config.oft_block_size === 0)) {
    throw new UnmaskError(`r is ${config.r} and oft_block_size ${config.oft_block_size}: one of them has to be 0, the other says how large the blocks are`, { code: 'bad-data' });
  }
  return config;
}
