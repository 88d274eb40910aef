/** Some rows of a parquet file: texts as such, other values in lists of one, as JSON writes them. */
export interface Stretch {
  readonly names: readonly string[];
  readonly rows: readonly (readonly (string | readonly [json: string])[])[];
}
