/**
 * One of the two blocks of a transformer layer, whose output h is added to what the layer holds, x. Names are those of
 * layers, without all up to the transformer layer's number.
 */
export interface BlockLayout {
  /** A layer whose input is x. */
  readonly input: string;
  /** The layer whose output is h. */
  readonly output: string;
  /** The normalisation of h + x, in models that normalise after each block. */
  readonly norm?: string;
}

/** Where the layers of a family are to which adapters attach. */
export interface FamilyLayout {
  /** The table of word vectors: the end of its name. */
  readonly words: string;
  readonly attention: BlockLayout;
  readonly feedForward: BlockLayout;
  /** The layer that computes keys, as one of `parts` equal outputs; absent where attention takes no earlier keys. */
  readonly keys?: { readonly layer: string; readonly parts: number };
}
