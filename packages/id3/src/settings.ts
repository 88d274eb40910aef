import type { ImportanceMetric } from '@unmask/importance';
import type { UpdateRule } from '@unmask/optimizers';
import type { Parameter } from '@unmask/tensor-core';
import type { UnmaskSchedule } from './schedules/schedule.js';

/** Limits the length of a step's gradient: it is scaled down to `norm` when its Euclidean norm is larger. */
export interface GradientClipping {
  /** Above 0. */
  readonly norm: number;
  /** Whose norm: of all gradients that arrive, or of those that train; the two can differ by an order of magnitude. */
  readonly of: 'full' | 'unmasked';
}

/** Settings of {@link selective}. */
export interface SelectiveOptions {
  /** Ranks the entries. */
  readonly metric: ImportanceMetric;
  /** When how many of them are unmasked. */
  readonly schedule: UnmaskSchedule;
  /** Parameters whose entries may be selected; all by default. The others stay as they are, unless they are dense. */
  readonly scope?: (parameter: Parameter) => boolean;
  /** Whether entries compete over the whole model (the default), or each tensor gets a share of the budget by its size. */
  readonly per?: 'model' | 'tensor';
  /** Parameters that train in full outside the selection and its budget, such as a new head; none by default. */
  readonly dense?: (parameter: Parameter) => boolean;
  /**
   * What the update rule takes for an entry's number of updates: its own (`'entry'`, the default), or the number of steps
   * (`'global'`), as a dense optimizer under a mask would. With AdamW the latter makes a late entry's first updates
   * several times larger.
   */
  readonly biasCorrection?: 'entry' | 'global';
  /** No clipping by default. */
  readonly clip?: GradientClipping;
  /** What a NaN or infinite gradient does: an error (the default), or a step without any change, whose share is made up for later. */
  readonly onBadGradient?: 'throw' | 'skip';
}

/** {@link SelectiveOptions} and the update rule, complete. */
export type SelectiveSettings = Required<Omit<SelectiveOptions, 'clip'>> & Pick<SelectiveOptions, 'clip'> & { readonly rule: UpdateRule };
