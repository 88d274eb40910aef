import { Embedding, type Layer, LayerNorm, Linear, Parameter, RmsNorm, embedding, layerNorm, linear, rmsNorm, type tf, UnmaskError } from '@unmask/tensor-core';
import { LayerAdapter } from './method.js';

/**
 * A layer that trains in full beside an adapter (`modules_to_save`): a copy of its parameters, which takes the layer's place
 * while the adapter is active.
 */
export class FullLayer extends LayerAdapter {
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;
  readonly #layer: Layer;

  /** @throws UnmaskError for a kind of layer that it cannot take the place of */
  constructor(layer: Layer) {
    super();
    if (!(layer instanceof Linear || layer instanceof Embedding || layer instanceof LayerNorm || layer instanceof RmsNorm)) {
      throw new UnmaskError(`modules_to_save names a ${layer.constructor.name}, which cannot be saved so`, { code: 'unsupported' });
    }
    this.#layer = layer;
    this.weight = copyOf(layer.weight);
    this.bias = 'bias' in layer && layer.bias ? copyOf(layer.bias) : undefined;
  }

  override forward(x: tf.Tensor): tf.Tensor {
    const layer = this.#layer;
    if (layer instanceof Linear) return linear(x, this.weight, this.bias, { transposed: layer.transposed });
    if (layer instanceof Embedding) return embedding(x, this.weight);
    return layer instanceof LayerNorm ? layerNorm(x, this.weight, this.bias!, layer.epsilon) : rmsNorm(x, this.weight, (layer as RmsNorm).epsilon);
  }

  override mergeInto(layer: Layer): void {
    for (const [name, parameter] of this.namedParameters()) {
      const target = layer.namedParameters().find(([own]) => own === name)![1];
      target.modify((values) => values.set(parameter.read()));
    }
  }
}

const copyOf = (parameter: Parameter) => new Parameter(parameter.shape, () => parameter.read().slice());
