import type { Random } from '@unmask/tensor-core';
import { differentScene, drawScene, tellScene } from './scene.js';

/** Two tellings of one scene (label 1), or of two that differ in some of their parts (label 0). */
export function synthesizeParaphrase(random: Random, label: number): [string, string] {
  const scene = drawScene(random);
  const other = label === 1 ? scene : differentScene(random, scene);
  return [tellScene(random, scene), tellScene(random, other)];
}
