import type { ConfigFields, PeftConfig, TargetConfig } from '../../config.js';

/** VeRA's configuration (HF PEFT tuners/vera/config.py). */
export interface VeraConfig extends PeftConfig, TargetConfig {
  readonly peft_type: 'VERA';
  /** Rank of the shared projections; 256 by default. */
  readonly r: number;
  /** Dropout of an update's input, in [0, 1). */
  readonly vera_dropout: number;
  /** What the factors between the projections start at. */
  readonly d_initial: number;
  /** The seed of the projections. */
  readonly projection_prng_key: number;
  /** Whether a file holds the projections, or whoever loads it makes them from the seed. */
  readonly save_projection: boolean;
  /** Whether the update starts at zero. */
  readonly init_weights: boolean;
  readonly bias: 'none';
  /** Whether the base's weights lie [in, out]; the layers know it themselves, so it is kept for the file alone. */
  readonly fan_in_fan_out: boolean;
}

/** @throws UnmaskError naming a field that is out of range */
export function parseVeraConfig(fields: ConfigFields): VeraConfig {
  return {
    ...fields.common('VERA'),
    peft_type: 'VERA',
    ...fields.targets(),
    r: fields.integer('r', 256, 1),
    vera_dropout: fields.fraction('vera_dropout', 0),
    d_initial: fields.number('d_initial', 0.1),
    projection_prng_key: fields.integer('projection_prng_key', 0, 0),
    save_projection: fields.boolean('save_projection', true),
    init_weights: fields.boolean('init_weights', true),
    bias: fields.choice('bias', ['none'], 'none'),
    fan_in_fan_out: fields.boolean('fan_in_fan_out', false),
  };
}
