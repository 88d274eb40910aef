import { Module } from './module.js';
import { embedding } from './ops/embedding.js';
import { layerNorm } from './ops/layer-norm.js';
import { linear } from './ops/linear.js';
import { rmsNorm } from './ops/rms-norm.js';
import { Parameter } from './parameter.js';
import type { tf } from './tf.js';

/**
 * Stands around a layer's own computation: sees its input, and calls it or not. Adapters attach to a model so, which leaves
 * the model's modules and names as they are.
 */
export type LayerHook = (x: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor) => tf.Tensor;

/** A module that turns one tensor into one, with parameters of its own. */
export abstract class Layer extends Module {
  /** What stands around the layer, if anything. */
  hook: LayerHook | undefined;

  /** The layer's output, by way of its hook. */
  forward(x: tf.Tensor): tf.Tensor {
    return this.hook ? this.hook(x, (input) => this.compute(input)) : this.compute(x);
  }

  /** The layer's own output, whatever its hook. */
  protected abstract compute(x: tf.Tensor): tf.Tensor;
}

/** How a {@link Linear} is made. */
export interface LinearOptions {
  /** Whether there is a bias, true by default; or the parameter of another module that serves as one. */
  readonly bias?: boolean | Parameter;
  /** Whether the weight lies [in, out]. */
  readonly transposed?: boolean;
  /** The parameter of another module that serves as the weight, such as the word vectors of a tied head. */
  readonly weight?: Parameter | undefined;
}

/** y = x·Wᵀ + b. Parameters start at zero: a checkpoint or an initializer fills them. */
export class Linear extends Layer {
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** Whether the weight lies [in, out], as in GPT-2 (HF Conv1D), instead of [out, in]. */
  readonly transposed: boolean;
  /** [out, in], or [in, out] when transposed. */
  readonly weight: Parameter;
  /** [out], or undefined for a layer without bias. */
  readonly bias: Parameter | undefined;

  constructor(inFeatures: number, outFeatures: number, { bias = true, transposed = false, weight }: LinearOptions = {}) {
    super();
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.transposed = transposed;
    this.weight = weight ?? new Parameter(transposed ? [inFeatures, outFeatures] : [outFeatures, inFeatures]);
    this.bias = bias === true ? new Parameter([outFeatures]) : bias || undefined;
  }

  /** […, in] → […, out] */
  protected override compute(x: tf.Tensor): tf.Tensor {
    return linear(x, this.weight, this.bias, { transposed: this.transposed });
  }
}

/** A table of vectors. */
export class Embedding extends Layer {
  /** [count, size] */
  readonly weight: Parameter;

  constructor(count: number, size: number) {
    super();
    this.weight = new Parameter([count, size]);
  }

  /** int32 ids of any shape → [...ids.shape, size] */
  protected override compute(ids: tf.Tensor): tf.Tensor {
    return embedding(ids, this.weight);
  }
}

/** Layer normalisation over the last axis; starts as plain normalisation (weight 1, bias 0). */
export class LayerNorm extends Layer {
  /** [size] */
  readonly weight: Parameter;
  /** [size] */
  readonly bias: Parameter;
  readonly epsilon: number;

  constructor(size: number, epsilon: number) {
    super();
    this.weight = new Parameter([size], 1);
    this.bias = new Parameter([size]);
    this.epsilon = epsilon;
  }

  /** […, size] → […, size] */
  protected override compute(x: tf.Tensor): tf.Tensor {
    return layerNorm(x, this.weight, this.bias, this.epsilon);
  }
}

/** Root-mean-square normalisation over the last axis; starts as plain normalisation (weight 1). */
export class RmsNorm extends Layer {
  /** [size] */
  readonly weight: Parameter;
  readonly epsilon: number;

  constructor(size: number, epsilon: number) {
    super();
    this.weight = new Parameter([size], 1);
    this.epsilon = epsilon;
  }

  /** […, size] → […, size] */
  protected override compute(x: tf.Tensor): tf.Tensor {
    return rmsNorm(x, this.weight, this.epsilon);
  }
}
