/** What a benchmark is. */

/** How a measurement is to be made: given to each process as JSON. */
export interface Workload {
  /** Folder of the model in Hugging Face layout. */
  readonly model: string;
  /** Sequences of a batch, and tokens of each. */
  readonly batch: number;
  readonly length: number;
  /** Steps, batches or tokens that are timed. */
  readonly steps: number;
  /** Those before them that are not. */
  readonly warmUp: number;
  /** Entries that ID³ may unmask. */
  readonly budget: number;
  /** Whether the step is run by `compile`. */
  readonly compiled?: boolean;
  readonly threads: number;
}

/** Samples of each figure that one process found, e.g. the seconds of each step. */
export type Figures = Readonly<Record<string, readonly number[]>>;

/** One of those that are compared. */
export interface Side {
  readonly kind: 'unmask' | 'python';
  /** Name of the measurement: a file in `measurements`, or a function of tools/reference/benchmark.py. */
  readonly measurement: string;
  /** Engine of ours. */
  readonly engine?: string;
  /** Changes of the workload, for sides that take minutes a step. */
  readonly workload?: Partial<Workload>;
  /** Whether it is measured in the first round alone. */
  readonly once?: boolean;
}

/** A comparison: ours first, against each of the others. */
export interface Benchmark {
  readonly summary: string;
  /** By name, in the order in which they take turns. */
  readonly sides: Readonly<Record<string, Side>>;
  /** Workload where the user says nothing. */
  readonly standard: Omit<Workload, 'model' | 'threads'> & { readonly model: string };
}
