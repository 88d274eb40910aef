import type { ConfigFields } from '../../config.js';
import { type LycorisConfig, lycorisFields } from '../../parts/lycoris.js';

/** How LoKr's factors start. `true`: the left one at zero; `lycoris`: the right one at zero; `false`: neither. */
export type LoKrInit = boolean | 'lycoris';

/** LoKr's configuration (HF PEFT tuners/lokr/config.py). */
export interface LoKrConfig extends LycorisConfig {
  readonly peft_type: 'LOKR';
  /** Whether the left factor has a low rank, too. */
  readonly decompose_both: boolean;
  /** A divisor of the layer's sizes that the left factor should have; -1: those closest to their roots. */
  readonly decompose_factor: number;
  /** Whether outputs that rank_dropout leaves out make the others larger. */
  readonly rank_dropout_scale: boolean;
  readonly init_weights: LoKrInit;
}

/** @throws UnmaskError naming a field that is out of range */
export function parseLoKrConfig(fields: ConfigFields): LoKrConfig {
  return {
    ...fields.common('LOKR'),
    peft_type: 'LOKR',
    ...lycorisFields(fields),
    decompose_both: fields.boolean('decompose_both', false),
    decompose_factor: fields.integer('decompose_factor', -1, -1),
    rank_dropout_scale: fields.boolean('rank_dropout_scale', false),
    init_weights: fields.choice<LoKrInit>('init_weights', [true, false, 'lycoris'], true),
  };
}
