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

/** An optimizer that treats each scalar by itself, so that it can run on any subset of a model's entries. */
export interface UpdateRule {
  readonly name: string;
  /** State floats an entry. */
  readonly slots: number;
  /** Does one step on each entry. Must not throw: a step is all or nothing. */
  apply(entries: UpdateEntries, learningRate: number): void;
}
