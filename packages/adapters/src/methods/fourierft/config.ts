import type { ConfigFields, PeftConfig, TargetConfig } from '../../config.js';

/** The configuration of FourierFT (HF PEFT tuners/fourierft/config.py). */
export interface FourierFtConfig extends PeftConfig, TargetConfig {
  readonly peft_type: 'FOURIERFT';
  /** How many coefficients of the spectrum train in each layer; 1000 by default. */
  readonly n_frequency: number;
  /** Other numbers for layers whose names, or ends of names, match a regular expression. */
  readonly n_frequency_pattern: Readonly<Record<string, number>>;
  /** Scale of the update; 150 by default. */
  readonly scaling: number;
  /** The seed of the places of the coefficients. */
  readonly random_loc_seed: number;
  /** Whether the update starts at zero; by default the coefficients start from N(0, 1). */
  readonly init_weights: boolean;
  readonly bias: 'none';
  /** Whether the base's weights lie [in, out]; the layers know it themselves, so it is kept for the file alone. */
  readonly fan_in_fan_out: boolean;
}

/** @throws UnmaskError naming a field that is out of range */
export function parseFourierFtConfig(fields: ConfigFields): FourierFtConfig {
  return {
    ...fields.common('FOURIERFT'),
    peft_type: 'FOURIERFT',
    ...fields.targets(),
    n_frequency: fields.integer('n_frequency', 1000, 1),
    n_frequency_pattern: fields.numbersByPattern('n_frequency_pattern', { whole: true }),
    scaling: fields.number('scaling', 150),
    random_loc_seed: fields.integer('random_loc_seed', 777, 0),
    init_weights: fields.boolean('init_weights', false),
    bias: fields.choice('bias', ['none'], 'none'),
    fan_in_fan_out: fields.boolean('fan_in_fan_out', false),
  };
}
