import { add, type Layer, LayerNorm, Linear, type Module, Parameter, tf, UnmaskError } from '@unmask/tensor-core';
import { LayerAdapter } from '../../method.js';
import type { NamedLayer } from '../../targets.js';
import type { LowRankConfig } from './config.js';

/** A layer with a bias. */
type BiasedLayer = Layer & { readonly bias: Parameter };

/**
 * A bias of the base that trains with the adapter: y = own(x) + (b′ − b), where b′ starts as b. HF PEFT changes b itself;
 * here the base keeps it, so that the adapter can be switched.
 */
export class TrainedBias extends LayerAdapter {
  /** b′, [out] */
  readonly bias: Parameter;
  readonly #layer: BiasedLayer;

  constructor(layer: BiasedLayer) {
    super();
    this.#layer = layer;
    this.bias = new Parameter(layer.bias.shape, () => layer.bias.read().slice());
  }

  override forward(x: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
    return this.shift(own(x));
  }

  /** Exchanges the bias within an output. y […, out] */
  shift(y: tf.Tensor): tf.Tensor {
    return add(y, add(this.bias, tf.neg(this.#layer.bias.tensor)));
  }

  /** b ← b + (b′ − b) */
  override mergeInto(layer: Layer, original: ReadonlyMap<Parameter, Float32Array>): void {
    const { bias } = layer as BiasedLayer;
    const [before, after] = [original.get(bias)!, this.bias.read()];
    bias.modify((values) => values.forEach((value, index) => (values[index] = value + after[index] - before[index])));
  }

  override get countOffset(): number {
    return -this.bias.size;
  }
}

/** The biases that a configuration trains, by the names of their layers. @throws UnmaskError for a bias outside of any layer */
export function trainedBiases(model: Module, mode: LowRankConfig['bias'], targets: readonly NamedLayer[]): Map<string, TrainedBias> {
  if (mode === 'none') return new Map();
  const candidates = mode === 'all' ? model.namedModules() : targets;
  const layers = candidates.filter((entry): entry is [string, BiasedLayer] => (entry[1] instanceof Linear || entry[1] instanceof LayerNorm) && entry[1].bias !== undefined);
  if (mode === 'all') {
    const reached = new Set(layers.map(([, { bias }]) => bias));
    const missed = model.namedParameters().find(([name, parameter]) => /(^|\.)bias$/.test(name) && !reached.has(parameter));
    if (missed) throw new UnmaskError(`bias "all" would train "${missed[0]}", which belongs to no layer: use "lora_only"`, { code: 'unsupported' });
  }
  return new Map(layers.map(([path, layer]) => [path, new TrainedBias(layer)]));
}
