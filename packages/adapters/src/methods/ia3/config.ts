import { UnmaskError } from '@unmask/tensor-core';
import type { ConfigFields, ModuleTargets, PeftConfig } from '../../config.js';

/** (IA)³'s configuration (HF PEFT tuners/ia3/config.py). */
export interface Ia3Config extends PeftConfig, ModuleTargets {
  readonly peft_type: 'IA3';
  /** Which of the target modules have their input scaled, and not their output: ends of names, or a regular expression; null: the family's own. */
  readonly feedforward_modules: readonly string[] | string | null;
  /** Whether the base's weights lie [in, out]; the layers know it themselves, so it is kept for the file alone. */
  readonly fan_in_fan_out: boolean;
  /** Whether the factors start at 1, which changes nothing. */
  readonly init_ia3_weights: boolean;
}

/** @throws UnmaskError for feed-forward modules that are no target modules */
export function parseIa3Config(fields: ConfigFields): Ia3Config {
  const config: Ia3Config = {
    ...fields.common('IA3'),
    peft_type: 'IA3',
    ...fields.modules(),
    feedforward_modules: fields.names('feedforward_modules'),
    fan_in_fan_out: fields.boolean('fan_in_fan_out', false),
    init_ia3_weights: fields.boolean('init_ia3_weights', true),
  };
  const { feedforward_modules: feedForward, target_modules: targets } = config;
  const bothListed = feedForward !== null && targets !== null && typeof feedForward !== 'string' && typeof targets !== 'string';
  const stray = bothListed ? feedForward.find((name) => !targets.includes(name)) : undefined;
  if (stray !== undefined) throw new UnmaskError(`feedforward_modules names "${stray}", which is not among target_modules ${JSON.stringify(targets)}: add it there`, { code: 'bad-data' });
  return config;
}
