import { add, linear, type Linear, Module, Parameter, tf } from '@unmask/tensor-core';

/**
 * What a layer's weight gains beside an adapter that starts from it, W ← W + ΔW₀. HF PEFT changes W itself; here the base keeps it,
 * so that the adapter can be switched.
 */
export abstract class BaseShift extends Module {
  /** ΔW₀, [out, in], the caller's. */
  abstract product(): tf.Tensor2D;

  /** The layer's output with it. @param y the output without it, […, out] */
  abstract apply(x: tf.Tensor, y: tf.Tensor): tf.Tensor;
}

/** Takes off what the factors hold at first: ΔW₀ = −s·B₀·A₀. */
export class TakenOff extends BaseShift {
  /** A₀, [r, in] */
  readonly a: Parameter;
  /** −s·B₀, [out, r] */
  readonly b: Parameter;

  constructor(rank: number, scale: number, { inFeatures, outFeatures }: Linear, a: Float32Array, b: Float32Array) {
    super();
    this.a = fixed([rank, inFeatures], a);
    this.b = fixed([outFeatures, rank], b.map((value) => -scale * value));
  }

  override product(): tf.Tensor2D {
    return tf.matMul(this.b.tensor, this.a.tensor);
  }

  override apply(x: tf.Tensor, y: tf.Tensor): tf.Tensor {
    return add(y, linear(linear(x, this.a), this.b));
  }
}

/** Puts another weight in the place of W: ΔW₀ = W′ − W. */
export class Replaced extends BaseShift {
  /** ΔW₀, [out, in] */
  readonly difference: Parameter;

  constructor({ inFeatures, outFeatures }: Linear, difference: Float32Array) {
    super();
    this.difference = fixed([outFeatures, inFeatures], difference);
  }

  override product(): tf.Tensor2D {
    return tf.clone(this.difference.tensor as tf.Tensor2D);
  }

  override apply(x: tf.Tensor, y: tf.Tensor): tf.Tensor {
    return add(y, linear(x, this.difference));
  }
}

/** A parameter that does not train, with values whether or not a file follows. */
function fixed(shape: readonly number[], values: Float32Array): Parameter {
  const parameter = new Parameter(shape);
  parameter.modify((target) => target.set(values));
  parameter.trainable = false;
  return parameter;
}
