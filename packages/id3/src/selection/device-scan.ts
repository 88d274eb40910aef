import { tf } from '@unmask/tensor-core';
import type { Region } from './regions.js';
import type { TopCandidates } from './top-candidates.js';
import type { UnmaskedEntries } from './unmasked-entries.js';

/**
 * Scores a parameter where its gradient lives, on an engine with memory of its own, and downloads the candidates alone:
 * as many of the highest scores as the pool wants, and one more for each entry that is unmasked already, since those may
 * be among them. The best masked entries of the parameter are then certainly there.
 * @param gradient dense, of the parameter's shape
 * @returns false when a gradient is not finite
 */
export function scanOnDevice(
  pool: TopCandidates,
  region: Region,
  gradient: tf.Tensor,
  score: (weight: tf.Tensor, gradient: tf.Tensor) => tf.Tensor,
  excluded: UnmaskedEntries | undefined,
): boolean {
  const { parameter, start } = region;
  const count = Math.min(parameter.size, pool.keep + (excluded?.countIn(region) ?? 0));
  const [finite, candidates] = tf.tidy(() => {
    const scores = tf.reshape(score(parameter.tensor, gradient), [-1]);
    const usable = tf.where(tf.isNaN(scores), tf.zerosLike(scores), scores);
    const { values, indices } = tf.topk(usable, count, true);
    return [
      tf.sum(tf.mul(gradient, 0)).dataSync()[0] === 0,
      { scores: values.dataSync<'float32'>(), indices: indices.dataSync(), gradients: tf.gather(tf.reshape(gradient, [-1]), indices).dataSync<'float32'>() },
    ] as const;
  });
  if (!finite) return false;
  for (let i = 0; i < count; i++) {
    const address = start + candidates.indices[i];
    if (!excluded?.has(address)) pool.offerOne(candidates.scores[i], address, candidates.gradients[i]);
  }
  return true;
}
