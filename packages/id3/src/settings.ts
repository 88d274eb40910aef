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

/**
 * How a budget is shared out: over the whole `model`, whose entries compete with each other; by size to each `tensor`, or to each
 * `row` of each matrix; or to the tensors in proportion to a claim of at least 0.
 */
export type BudgetShare = 'model' | 'tensor' | 'row' | ((parameter: Parameter) => number);

/** Settings of {@link selective}. */
export interface SelectiveOptions {
  /** Ranks the entries. */
  readonly metric: ImportanceMetric;
  /** When how many of them are unmasked. */
  readonly schedule: UnmaskSchedule;
  /** Parameters whose entries may be selected; all by default. The others stay as they are, unless they are dense. */
  readonly scope?: (parameter: Parameter) => boolean;
  /** Among which entries the budget is a competition; the whole model by default. */
  readonly per?: BudgetShare;
  /**
   * What is chosen as a whole: an entry (the default), or a row or a column of a matrix, which scores as the mean of its entries
   * and counts as many as it has. What is left of a budget that no whole one fits into stays unused.
   */
  readonly unit?: 'entry' | 'row' | 'column';
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
  /** Factor of the learning rate of parameters that train in full, such as LoRA+ has for B; 1 by default. */
  readonly rate?: (parameter: Parameter) => number;
  /** What a NaN or infinite gradient does: an error (the default), or a step without any change, whose share is made up for later. */
  readonly onBadGradient?: 'throw' | 'skip';
}

/** {@link SelectiveOptions} and the update rule, complete. */
export type SelectiveSettings = Required<Omit<SelectiveOptions, 'clip'>> & Pick<SelectiveOptions, 'clip'> & { readonly rule: UpdateRule };
