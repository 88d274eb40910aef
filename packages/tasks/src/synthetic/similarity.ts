import type { Random } from '@unmask/tensor-core';
import { changeScene, drawScene, slots, tellScene } from './scene.js';

/** Two tellings of scenes that have `score` (0 … 5) of their five parts in common. */
export function synthesizeSimilarity(random: Random, score: number): [string, string] {
  const scene = drawScene(random);
  const other = changeScene(random, scene, random.shuffle([...slots]).slice(score));
  return [tellScene(random, scene), tellScene(random, other)];
}
