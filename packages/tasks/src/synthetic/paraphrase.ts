import type { Random } from '@unmask/tensor-core';
import { changeScene, drawScene, slots, tellScene } from './scene.js';

/** Parts of the scene in which two texts that do not say the same differ. */
const CHANGED = 2;

/** Two tellings of one scene (label 1), or of two that differ in some of their parts (label 0). */
export function synthesizeParaphrase(random: Random, label: number): [string, string] {
  const scene = drawScene(random);
  const other = label === 1 ? scene : changeScene(random, scene, random.shuffle([...slots]).slice(0, CHANGED));
  return [tellScene(random, scene), tellScene(random, other)];
}
