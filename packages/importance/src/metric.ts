/**
 * Rates entries (single scalars of parameters) by how much training them is expected to help.
 * Scores are compared across all parameters, so they need one common scale.
 */
export interface ImportanceMetric {
  readonly name: string;
  /** What the scores depend on. A metric without `'gradient'` chooses from the weights alone and is given no gradients. */
  readonly uses: readonly ('weight' | 'gradient')[];
  /**
   * Scores `count` entries: out[i] rates weights[weightOffset + i] with gradients[gradientOffset + i].
   * Higher is better; an entry that scores zero or NaN is never chosen.
   * @param address position of the first entry among all entries of the model, for metrics that depend on the place
   */
  score(
    weights: Float32Array,
    weightOffset: number,
    gradients: Float32Array,
    gradientOffset: number,
    count: number,
    out: Float32Array,
    address: number,
  ): void;
}
