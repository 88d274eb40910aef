import type { TransformerModel } from '@unmask/models';
import type { Linear, Matrix, Random } from '@unmask/tensor-core';
import type { CalibrationBatch } from '../../../model/calibration.js';
import type { BaseShift } from '../base-shift.js';
import type { LoraConfig } from '../config.js';

/** A linear layer whose update is to start. */
export interface StartLayer {
  readonly path: string;
  readonly layer: Linear;
  /** r */
  readonly rank: number;
  /** s, which the update is scaled by. */
  readonly scale: number;
  readonly random: Random;
}

/** What an update starts from: A [r, in] and B [out, r], row-major. */
export interface LoraStart {
  /** r */
  readonly rank: number;
  /** s */
  readonly scale: number;
  readonly a: () => Float32Array;
  readonly b: () => Float32Array;
  /** Whether B stays as it is. */
  readonly fixedB?: boolean;
  /** What the base's weight gains, so that nothing, or little, changes at first. */
  readonly shift?: BaseShift;
}

/** What a start may look at. */
export interface StartContext {
  readonly model: TransformerModel;
  readonly config: LoraConfig;
  /** Data, where the caller gave some. */
  readonly calibration: readonly CalibrationBatch[] | undefined;
}

/** A way to start: the starts of the layers that are adapted, by their names. @throws UnmaskError for ranks that it does not allow, or without the data that it takes */
export type Initialization = (layers: readonly StartLayer[], context: StartContext) => ReadonlyMap<string, LoraStart>;

/** An initialization that looks at one layer at a time. */
export const byLayer =
  (start: (layer: StartLayer, context: StartContext) => Omit<LoraStart, 'rank' | 'scale'>): Initialization =>
  (layers, context) =>
    new Map(layers.map((each) => [each.path, { rank: each.rank, scale: each.scale, ...start(each, context) }]));

/** A layer's weight as [out, in]. */
export function weightOf({ weight, transposed, inFeatures, outFeatures }: Linear, values: Float32Array = weight.read()): Matrix & { readonly values: Float32Array } {
  if (!transposed) return { rows: outFeatures, columns: inFeatures, values };
  const turned = new Float32Array(values.length);
  for (let row = 0; row < outFeatures; row++) for (let column = 0; column < inFeatures; column++) turned[row * inFeatures + column] = values[column * outFeatures + row];
  return { rows: outFeatures, columns: inFeatures, values: turned };
}

