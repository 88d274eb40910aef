import type { tf } from '@unmask/tensor-core';

/** Entries to update, as aligned arrays. */
export interface UpdateEntries {
  /** Changed in place. */
  readonly weights: Float32Array;
  readonly gradients: Float32Array;
  /** The rule's state, one array for each of its slots; zero before an entry's first update. Changed in place. */
  readonly slots: readonly Float32Array[];
  /** How many updates each entry has had, this one included: an entry's own number, or one number for all. */
  readonly ages: Int32Array | number;
  /** How many entries of the arrays to update. */
  readonly count: number;
}

/** One step of a rule on a whole tensor: new values and new state, which are the caller's. Call it inside of `tf.tidy`. */
export type TensorStep = (weights: tf.Tensor, gradients: tf.Tensor, slots: readonly tf.Tensor[]) => { weights: tf.Tensor; slots: tf.Tensor[] };

/** An optimizer that treats each scalar by itself, so that it can run on any subset of a model's entries. */
export interface UpdateRule {
  readonly name: string;
  /** State floats an entry. */
  readonly slots: number;
  /** Does one step on each entry. Must not throw: a step is all or nothing. */
  apply(entries: UpdateEntries, learningRate: number): void;
  /**
   * The same, up to float32's rounding, where tensors live, for engines with memory of their own; a rule without it is applied
   * on the host. The constants that it makes belong to the running scope, so call it inside of `tf.tidy`.
   * @param age number of updates, this one included
   */
  onTensors?(learningRate: number, age: number): TensorStep;
}
