import { type GradientSink, type Layer, Module, type Parameter, type Random, type tf } from '@unmask/tensor-core';
import type { ForwardOptions, TokenInputs, TransformerModel } from '@unmask/models';
import type { CalibrationBatch } from './model/calibration.js';
import type { ConfigFields, ConfigInput, PeftConfig } from './config.js';

/** Whole numbers that an adapter's file holds beside its parameters, and that do not train. */
export interface IndexTensor {
  /** What they are called after the layer's name. */
  readonly name: string;
  readonly shape: readonly number[];
  /** A copy. */
  readonly read: () => Int32Array;
  /** Puts others in their place. @throws UnmaskError when they do not fit the layer */
  readonly write: (values: Int32Array) => void;
}

/** What an adapter puts around one layer. Its parameters have the names that HF PEFT's files have after the layer's name. */
export abstract class LayerAdapter extends Module {
  /**
   * The adapted output.
   * @param x the layer's input
   * @param own the layer's output for an input, other adapters of the layer included
   * @param random where dropout comes from; undefined in evaluation
   */
  abstract forward(x: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor, random: Random | undefined): tf.Tensor;

  /** Whether all layers that read the layer's weight are adapted with it, such as a head with tied words, so that it merges nonetheless. */
  get reachesTied(): boolean {
    return false;
  }

  /** What files hold besides parameters. */
  get indexTensors(): readonly IndexTensor[] {
    return [];
  }

  /**
   * Changes the layer's own parameters so that it computes what it computes with this adapter, in evaluation. Absent where
   * no parameters of the layer do.
   * @param original the values before any adapter was merged
   * @throws UnmaskError where this layer lacks such parameters
   */
  mergeInto?(layer: Layer, original: ReadonlyMap<Parameter, Float32Array>): void;

  /** Scalars that HF PEFT counts for this adapter beside those that train; negative where it trains values of the base in place. */
  get countOffset(): number {
    return 0;
  }
}

/** What a file holds of an adapter that is not to be written as it is. */
export interface AdapterExport {
  /** Fields that replace those of the configuration. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Tensors that replace parameters; undefined for one that is left out. */
  readonly tensors: ReadonlyMap<Parameter, { readonly shape: readonly number[]; readonly values: Float32Array } | undefined>;
}

/** What an adapter carries from step to step besides its parameters. */
export interface AdapterState {
  /** Copies of it, by names of the method's own. */
  save(): ReadonlyMap<string, Float32Array>;
  /** Puts a saved one in its place. @throws UnmaskError when it is of another adapter */
  restore(saved: ReadonlyMap<string, Float32Array>): void;
}

/** Runs a model. */
export type ForwardFunction = (inputs: TokenInputs, options: ForwardOptions) => tf.Tensor;

/** All that an adapter puts into a model. Parameters that do not train when they are attached never do. */
export interface Attachment {
  /** Adapters of layers, by the layers' names. */
  readonly layers: ReadonlyMap<string, LayerAdapter>;
  /** Parameters that belong to the model as a whole, by the names that HF PEFT's files give them. */
  readonly shared?: Module;
  /** Whether files hold these, or whoever loads one makes them anew; true when left out. */
  readonly sharedInFile?: boolean;
  /** Stands around the model's forward pass. */
  readonly around?: (inputs: TokenInputs, options: ForwardOptions, own: ForwardFunction) => tf.Tensor;
  /** A term of the loss beside the task's, a scalar. */
  readonly penalty?: () => tf.Tensor;
  /** Sees the gradients of each backward pass, where the method needs them. */
  readonly observe?: GradientSink;
  /** What the method does after an optimizer step, e.g. prune. @param step 1-based */
  readonly afterStep?: (step: number) => void;
  /** What a training that is continued needs besides the parameters. */
  readonly state?: AdapterState;
  /** What is written in place of the parameters and the configuration as they are, e.g. without what is pruned. */
  readonly export?: () => AdapterExport;
}

/** The model that an adapter is put into. */
export interface BaseModel {
  readonly model: TransformerModel;
  /** config.json. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** A method of adaptation: one folder that knows its configuration and what it attaches. */
export interface AdapterMethod<C extends PeftConfig = PeftConfig> {
  /** `peft_type` of its configuration. */
  readonly type: C['peft_type'];
  /** One line for lists and help. */
  readonly summary: string;
  /** What the names of its parameters begin with, e.g. `lora_`. */
  readonly prefix: string;
  /** What HF PEFT's files have before the names of the model's layers, `base_model.model.` when left out. */
  readonly filePrefix?: string;
  /** Whether the heads of a `task_type` train in full, as they do beside most methods of HF PEFT; true when left out. */
  readonly trainsHeads?: boolean;
  /** Reads and checks a configuration. */
  parse(fields: ConfigFields): C;
  /**
   * Makes the adapter for a model, with fresh values.
   * @param random where they come from
   * @param calibration data, for methods that look at some before they train
   */
  attach(base: BaseModel, config: C, random: Random, calibration?: readonly CalibrationBatch[]): Attachment;
}

/** Types a method by its configuration, and checks what its names must be. */
export function defineAdapter<C extends PeftConfig>(method: AdapterMethod<C>): AdapterMethod<C> {
  return method;
}

/** The configuration of a method. */
export type ConfigOf<M> = M extends AdapterMethod<infer C> ? C : never;

/** Makes the function that writes a method's configuration, typed by its fields, e.g. `loraConfig({ r: 8 })`. */
export function configFor<C extends PeftConfig>({ type }: AdapterMethod<C>) {
  return (fields?: Omit<ConfigInput<C>, 'peft_type'>) => ({ ...fields, peft_type: type }) as ConfigInput<C> & Pick<C, 'peft_type'>;
}
