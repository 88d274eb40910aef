import type { ConfigFields, ModuleTargets, PeftConfig } from '../../config.js';

/** SHiRA's configuration (HF PEFT tuners/shira/config.py). */
export interface ShiraConfig extends PeftConfig, ModuleTargets {
  readonly peft_type: 'SHIRA';
  /** r·(in + out) entries of each weight train, as many as LoRA has at this rank; 32 by default. */
  readonly r: number;
  /** How a fresh mask is made: `random`; other names say that whoever made the adapter chose it. */
  readonly mask_type: string;
  /** The seed of a random mask, which is then PEFT's; null: drawn from the adapter's own source of randomness. */
  readonly random_seed: number | null;
  /** Whether the entries start at zero. */
  readonly init_weights: boolean;
  /** Whether the base's weights lie [in, out]; the layers know it themselves, so it is kept for the file alone. */
  readonly fan_in_fan_out: boolean;
}

/** @throws UnmaskError naming a field that is out of range */
export function parseShiraConfig(fields: ConfigFields): ShiraConfig {
  return {
    ...fields.common('SHIRA'),
    peft_type: 'SHIRA',
    ...fields.modules(),
    r: fields.integer('r', 32, 1),
    mask_type: fields.text('mask_type') ?? 'random',
    random_seed: fields.optionalInteger('random_seed', 0),
    init_weights: fields.boolean('init_weights', true),
    fan_in_fan_out: fields.boolean('fan_in_fan_out', false),
  };
}
