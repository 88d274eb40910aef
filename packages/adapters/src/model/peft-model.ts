import type { ForwardOptions, TokenInputs, TransformerModel } from '@unmask/models';
import { constructWithin, didYouMean, Layer, Module, type Parameter, Random, type tf, UnmaskError } from '@unmask/tensor-core';
import { type Adapter, type AttachOptions, parametersOf } from './adapter.js';
import type { CalibrationBatch } from './calibration.js';
import { count, freshLimit } from './fresh-limit.js';
import { FullLayer, fullLayers } from '../parts/full-layer.js';
import type { BaseModel, ForwardFunction, LayerAdapter } from '../method.js';
import type { AdapterConfig, AdapterConfigInput } from '../methods/index.js';
import { mergeAdapters, putBack } from './merging.js';
import { rowHooks } from './mixed-batch.js';
import { adapterConfig, methodOf } from '../registry.js';

/** The name of the first adapter, when none is given. */
export const DEFAULT_ADAPTER = 'default';

/**
 * A model with adapters around it. The base model's parameters are frozen while it exists; adapters can be added, switched,
 * combined, disabled and merged. It is a model itself: train it, evaluate it, generate with it.
 */
export class PeftModel extends Module implements TransformerModel {
  readonly base: BaseModel;
  readonly #adapters = new Map<string, Adapter>();
  readonly #layers: ReadonlyMap<string, Layer>;
  readonly #trainable: ReadonlyMap<Parameter, boolean>;
  /** The values that merging changed, as they were. */
  #unmerged: Map<Parameter, Float32Array> | undefined;
  #active: readonly string[] = [];
  /** Where the running pass has its dropout from. It outlives the pass: a checkpointed one runs again in the backward pass. */
  #random: Random | undefined;

  /** Use {@link getPeftModel}. */
  constructor(base: BaseModel) {
    super();
    this.base = base;
    this.#layers = new Map(base.model.namedModules().filter((entry): entry is [string, Layer] => entry[1] instanceof Layer));
    this.#trainable = new Map(base.model.parameters().map((parameter) => [parameter, parameter.trainable]));
    for (const parameter of this.#trainable.keys()) parameter.trainable = false;
  }

  /** The adapters by name. */
  get adapters(): ReadonlyMap<string, Adapter> {
    return this.#adapters;
  }

  /** Names of the active adapters, in the order in which they stand around the model; none when they are disabled. */
  get active(): readonly string[] {
    return this.#active;
  }

  /**
   * Adds an adapter with fresh values and makes it the only active one.
   * @param config the method's fields; `peft_type` says which method
   * @param random where its values come from; of a fixed seed when left out
   * @param calibration as in {@link getPeftModel}
   * @throws UnmaskError for a bad configuration, or a name that is taken
   */
  addAdapter(name: string, config: AdapterConfigInput, random = new Random(0), calibration?: readonly CalibrationBatch[]): Adapter {
    const adapter = this.attachAdapter(name, adapterConfig(config), { random, limit: freshLimit(this.base), root: '', filled: false, calibration });
    this.setAdapter(name);
    return adapter;
  }

  /** As {@link addAdapter}, of a configuration that has been checked, and not active yet. Use that one, or {@link loadAdapter}. */
  attachAdapter(name: string, config: AdapterConfig, { random, limit, root, filled, calibration, words = new Map<string, number>() }: AttachOptions): Adapter {
    if (this.#adapters.has(name)) throw new UnmaskError(`there is an adapter "${name}" already: give another name`);
    this.#requireUnmerged();
    const method = methodOf(config.peft_type);
    const attach = () => {
      const { layers: own, ...attachment } = method.attach(this.#baseAt(root), config, random, calibration);
      const full = [...fullLayers(this.base.model, config, root, method.trainsHeads ?? true), ...[...words].map(([path, count]): [string, LayerAdapter] => [path, new FullLayer(this.#layers.get(path)!, count)])];
      const named = [...own].map(([path, layer]): [string, LayerAdapter] => [joined(root, path), layer]);
      for (const [path, layer] of named) if (full.some(([each]) => each === path)) layer.dispose();
      const layers = new Map([...named, ...full]);
      const trained = parametersOf({ ...attachment, layers }).filter(({ trainable }) => trainable);
      return { ...attachment, config, root, layers, trained };
    };
    const adapter = constructWithin(limit, attach, { what: 'adapter', filled });
    for (const [path, layer] of [...adapter.layers].reverse()) layer.namedParameters(path).forEach(([full, parameter]) => (parameter.name = full)); // shared: the first name
    adapter.shared?.nameParameters();
    this.#adapters.set(name, adapter);
    this.setAdapter(...this.#active);
    return adapter;
  }

  /** Makes these adapters, and no others, act and train; none disables them all. @throws UnmaskError for an unknown name */
  setAdapter(...names: readonly string[]): void {
    this.#requireUnmerged();
    const around = new Set(names.map((name) => this.#get(name)).filter((adapter) => adapter.around).map(({ config }) => config.peft_type));
    if (around.size > 1) throw new UnmaskError(`${[...around].join(' and ')} adapters cannot act at once, since each puts its own tokens first: activate one`, { code: 'unsupported' });
    this.#active = names;
    for (const [name, adapter] of this.#adapters) for (const parameter of adapter.trained) parameter.trainable = names.includes(name);
    for (const [path, layer] of this.#layers) layer.hook = this.#hookOf(path);
  }

  /**
   * Puts one adapter in the place of another, which it frees: it has that one's name, and is active where that one was.
   * @throws UnmaskError for an unknown name
   */
  replaceAdapter(name: string, by: string): void {
    const [old, active] = [this.#get(name), this.#active];
    this.#adapters.set(name, this.#get(by)).delete(by);
    this.setAdapter(...active.filter((each) => each !== by));
    for (const parameter of parametersOf(old)) parameter.dispose();
  }

  /** Removes an adapter and frees it. @throws UnmaskError for an unknown name */
  deleteAdapter(name: string): void {
    const adapter = this.#get(name);
    this.setAdapter(...this.#active.filter((each) => each !== name));
    this.#adapters.delete(name);
    for (const parameter of parametersOf(adapter)) parameter.dispose();
  }

  /**
   * Runs the model with its active adapters, or for evaluation each row with its own.
   * @param options.adapterNames the adapter of each row, `__base__` for none; those that are active do not count then
   * @throws UnmaskError for as many names as there are no rows, an unknown one, or adapters that rows cannot have
   */
  forward(inputs: TokenInputs, { adapterNames, ...options }: ForwardOptions & { readonly adapterNames?: readonly string[] } = {}): tf.Tensor {
    if (adapterNames) return this.#withRows(adapterNames, () => this.base.model.forward(inputs, options));
    this.#random = options.random;
    const own: ForwardFunction = (given, how) => this.base.model.forward(given, how);
    const around = this.#activeAdapters().reduce<ForwardFunction>((inner, { around }) => (around ? (given, how) => around(given, how, inner) : inner), own);
    return around(inputs, options);
  }

  /** Parameters of the active adapters: what trains. */
  trainableParameters(): Parameter[] {
    return this.#activeAdapters().flatMap(({ trained }) => trained);
  }

  /** The base's parameters and those of all adapters, under the names of HF PEFT's files. */
  override namedParameters(): [name: string, parameter: Parameter][] {
    const named = [...this.#adapters.values()].flatMap(parametersOf).map((parameter): [string, Parameter] => [parameter.name, parameter]);
    return [...this.base.model.namedParameters(), ...named];
  }

  /** How much trains, in HF PEFT's words: `trainable params: 294,912 || all params: 109,778,690 || trainable%: 0.2686`. */
  describeTrainableParameters(): string {
    const trainable = count(this.trainableParameters());
    const offset = this.#activeAdapters().flatMap(({ layers }) => [...layers.values()]).reduce((sum, { countOffset }) => sum + countOffset, 0);
    const all = count(this.base.model.parameters()) + trainable + offset;
    const number = (value: number) => value.toLocaleString('en');
    return `trainable params: ${number(trainable)} || all params: ${number(all)} || trainable%: ${((100 * trainable) / all).toFixed(4)}`;
  }

  /**
   * Writes what the active adapters compute into the base model's own parameters, which then needs no adapters to compute
   * it; {@link unmerge} takes it back. Merging twice is merging once.
   * @throws UnmaskError for a method that no parameters of the base can stand for
   */
  merge(): void {
    if (this.#unmerged) return;
    this.#unmerged = mergeAdapters(this.#activeAdapters(), this.#layers);
    for (const layer of this.#layers.values()) layer.hook = undefined;
  }

  /** Takes {@link merge} back: every value has the bits that it had. */
  unmerge(): void {
    putBack(this.#unmerged ?? new Map());
    this.#unmerged = undefined;
    this.setAdapter(...this.#active);
  }

  /** Merges the active adapters for good and gives the base model back, free of adapters. This model is of no use any more. */
  mergeAndUnload(): TransformerModel {
    this.merge();
    this.#unmerged = undefined;
    return this.unload();
  }

  /** Frees all adapters and gives the base model back as it was, or as it is merged. This model is of no use any more. */
  unload(): TransformerModel {
    for (const layer of this.#layers.values()) layer.hook = undefined;
    for (const adapter of this.#adapters.values()) for (const parameter of parametersOf(adapter)) parameter.dispose();
    this.#adapters.clear();
    this.#active = [];
    for (const [parameter, trainable] of this.#trainable) parameter.trainable = trainable;
    return this.base.model;
  }

  /** Frees base and adapters. */
  override dispose(): void {
    this.unload().dispose();
  }

  #activeAdapters(): Adapter[] {
    return this.#active.map((name) => this.#get(name));
  }

  #get(name: string): Adapter {
    const found = this.#adapters.get(name);
    if (found) return found;
    const names = [...this.#adapters.keys()];
    throw new UnmaskError(`there is no adapter "${name}"; there are ${names.join(', ') || 'none'}${didYouMean(name, names)}`, { code: 'not-found' });
  }

  /** Runs something with an adapter for each row. */
  #withRows(names: readonly string[], run: () => tf.Tensor): tf.Tensor {
    this.#requireUnmerged();
    const hooks = rowHooks(names, (name) => this.#get(name));
    for (const [path, layer] of this.#layers) layer.hook = hooks(path);
    try {
      return run();
    } finally {
      for (const [path, layer] of this.#layers) layer.hook = this.#hookOf(path);
    }
  }

  #hookOf(path: string): Layer['hook'] {
    const adapters = this.#activeAdapters().flatMap(({ layers }) => layers.get(path) ?? []);
    if (adapters.length === 0) return undefined;
    return (x, own) => adapters.reduce((inner, adapter) => (input: tf.Tensor) => adapter.forward(input, inner, this.#random), own)(x);
  }

  /** The part of the base model that a name leads to. */
  #baseAt(root: string): BaseModel {
    const part = root === '' ? this.base.model : this.base.model.namedModules().find(([path]) => path === root)?.[1];
    return { ...this.base, model: part as TransformerModel };
  }

  #requireUnmerged(): void {
    if (this.#unmerged) throw new UnmaskError('the adapters are merged: call unmerge() before changing them');
  }
}

const joined = (root: string, path: string) => (root === '' ? path : `${root}.${path}`);
