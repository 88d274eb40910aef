import { Module } from './module.js';
import { embedding } from './ops/embedding.js';
import { layerNorm } from './ops/layer-norm.js';
import { linear } from './ops/linear.js';
import { rmsNorm } from './ops/rms-norm.js';
import { Parameter } from './parameter.js';
import type { tf } from './tf.js';

/** y = x·Wᵀ + b. Parameters start at zero: a checkpoint or an initializer fills them. */
export class Linear extends Module {
  /** [out, in] */
  readonly weight: Parameter;
  /** [out], or undefined for a layer without bias. */
  readonly bias: Parameter | undefined;

  constructor(inFeatures: number, outFeatures: number, options: { readonly bias?: boolean } = {}) {
    super();
    this.weight = new Parameter([outFeatures, inFeatures]);
    this.bias = options.bias === false ? undefined : new Parameter([outFeatures]);
  }

  /** […, in] → […, out] */
  forward(x: tf.Tensor): tf.Tensor {
    return linear(x, this.weight, this.bias);
  }
}

/** A table of vectors. */
export class Embedding extends Module {
  /** [count, size] */
  readonly weight: Parameter;

  constructor(count: number, size: number) {
    super();
    this.weight = new Parameter([count, size]);
  }

  /** int32 ids of any shape → [...ids.shape, size] */
  forward(ids: tf.Tensor): tf.Tensor {
    return embedding(ids, this.weight);
  }
}

/** Layer normalisation over the last axis; starts as plain normalisation (weight 1, bias 0). */
export class LayerNorm extends Module {
  /** [size] */
  readonly weight: Parameter;
  /** [size] */
  readonly bias: Parameter;
  readonly epsilon: number;

  constructor(size: number, epsilon: number) {
    super();
    this.weight = new Parameter([size], new Float32Array(size).fill(1));
    this.bias = new Parameter([size]);
    this.epsilon = epsilon;
  }

  /** […, size] → […, size] */
  forward(x: tf.Tensor): tf.Tensor {
    return layerNorm(x, this.weight, this.bias, this.epsilon);
  }
}

/** Root-mean-square normalisation over the last axis; starts as plain normalisation (weight 1). */
export class RmsNorm extends Module {
  /** [size] */
  readonly weight: Parameter;
  readonly epsilon: number;

  constructor(size: number, epsilon: number) {
    super();
    this.weight = new Parameter([size], new Float32Array(size).fill(1));
    this.epsilon = epsilon;
  }

  /** […, size] → […, size] */
  forward(x: tf.Tensor): tf.Tensor {
    return rmsNorm(x, this.weight, this.epsilon);
  }
}
