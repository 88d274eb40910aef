import { gelu, geluTanh, relu, silu, tanh, type tf } from '@unmask/tensor-core';
import type { ConfigFields, ConfigInput, PeftConfig } from '../../config.js';

/** By the names of the field `non_linearity`. */
export const ACTIVATIONS = { relu, swish: silu, silu, gelu, gelu_new: geluTanh, tanh } as const satisfies Record<string, (x: tf.Tensor) => tf.Tensor>;

type ActivationName = keyof typeof ACTIVATIONS;

/** A bottleneck's configuration; fields have the names of AdapterHub's `adapters` library (configuration/adapter_config.py, BnConfig). */
export interface BottleneckConfig extends PeftConfig {
  readonly peft_type: 'BOTTLENECK';
  /** Whether there is one at the attention block; false by default. */
  readonly mh_adapter: boolean;
  /** Whether there is one at the feed-forward block; true by default. */
  readonly output_adapter: boolean;
  /** How many times smaller the bottleneck is than the hidden size; 16 by default. */
  readonly reduction_factor: number;
  readonly non_linearity: ActivationName;
  /** Factor of what the bottleneck adds; 1 by default. */
  readonly scaling: number;
  /** Whether it reads the block's input instead of its output. */
  readonly is_parallel: boolean;
  /** Whether it reads the block's output after the residual, and the model's own normalisation where one follows, instead of before. */
  readonly original_ln_before: boolean;
  /** Whether the residual and the model's own normalisation follow; always. */
  readonly original_ln_after: true;
  /** Whether the bottleneck's residual is the block's output before anything is added to it; always. */
  readonly residual_before_ln: true;
  /** Dropout of what the bottleneck adds, in [0, 1); 0 by default. */
  readonly dropout: number;
  /** `mam_adapter`: the upper projection starts at zero, so a fresh adapter changes nothing; `bert`: weights from N(0, 0.02²). */
  readonly init_weights: 'mam_adapter' | 'bert';
  /** Numbers of the transformer layers without an adapter. */
  readonly leave_out: readonly number[];
}

/** @throws UnmaskError naming a field that is out of range or not supported */
export function parseBottleneckConfig(fields: ConfigFields): BottleneckConfig {
  return {
    ...fields.common('BOTTLENECK'),
    peft_type: 'BOTTLENECK',
    mh_adapter: fields.boolean('mh_adapter', false),
    output_adapter: fields.boolean('output_adapter', true),
    reduction_factor: fields.number('reduction_factor', 16, 0, { open: true }),
    non_linearity: fields.choice('non_linearity', Object.keys(ACTIVATIONS) as ActivationName[], 'relu'),
    scaling: fields.number('scaling', 1),
    is_parallel: fields.boolean('is_parallel', false),
    original_ln_before: fields.boolean('original_ln_before', false),
    original_ln_after: fields.choice<true>('original_ln_after', [true], true),
    residual_before_ln: fields.choice<true>('residual_before_ln', [true], true),
    dropout: fields.fraction('dropout', 0),
    init_weights: fields.choice('init_weights', ['mam_adapter', 'bert'], 'mam_adapter'),
    leave_out: [fields.numbers('leave_out') ?? []].flat(),
  };
}

type Preset = ConfigInput<BottleneckConfig> & Pick<BottleneckConfig, 'peft_type'>;

/** After both blocks (Houlsby et al. 2019; DoubleSeqBnConfig). */
export const houlsby: Preset = { peft_type: 'BOTTLENECK', mh_adapter: true, output_adapter: true, reduction_factor: 16, non_linearity: 'swish' };

/** After the feed-forward block and its normalisation (Pfeiffer et al. 2021; SeqBnConfig). */
export const pfeiffer: Preset = { peft_type: 'BOTTLENECK', original_ln_before: true, reduction_factor: 16, non_linearity: 'relu' };

/** Beside the feed-forward block (He et al. 2022; ParBnConfig). */
export const parallel: Preset = { peft_type: 'BOTTLENECK', is_parallel: true, reduction_factor: 2, non_linearity: 'relu', scaling: 4 };
