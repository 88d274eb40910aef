import { tf } from './tf.js';

/** Names of the kernels that a backend may register to run a whole operation at once; the README lists their contracts. */
export type FusedKernel =
  | 'UnmaskLinear'
  | 'UnmaskLayerNorm'
  | 'UnmaskLayerNormGradient'
  | 'UnmaskGelu'
  | 'UnmaskGeluGradient'
  | 'UnmaskRmsNorm'
  | 'UnmaskRmsNormGradient'
  | 'UnmaskRotary'
  | 'UnmaskSwiGlu'
  | 'UnmaskSwiGluGradient'
  | 'UnmaskGeluTanh'
  | 'UnmaskGeluTanhGradient'
  | 'UnmaskLogSumExp'
  | 'UnmaskScaledSoftmax'
  | 'UnmaskAttention'
  | 'UnmaskAttentionGradient'
  | 'UnmaskRelativeScores'
  | 'UnmaskRelativeScoresGradient'
  | 'UnmaskCausalMask'
  | 'UnmaskColumns'
  | 'UnmaskLastToken'
  | 'UnmaskPositions'
  | 'UnmaskRelativeRows'
  | 'UnmaskRotaryTables';

/**
 * Runs `kernel` on the active backend if it has it, else `composite`, which computes the same from tfjs operations.
 * `inputs` that are undefined are left out.
 */
export function fused<T extends tf.Tensor | tf.Tensor[]>(
  kernel: FusedKernel,
  inputs: Readonly<Record<string, tf.Tensor | undefined>>,
  attributes: Readonly<Record<string, number>>,
  composite: () => T,
): T {
  if (!tf.getKernel(kernel, tf.getBackend())) return tf.tidy(composite);
  const present = Object.fromEntries(Object.entries(inputs).filter((entry) => entry[1] !== undefined));
  return tf.engine().runKernel<T>(kernel, present as tf.NamedTensorMap, { ...attributes });
}
