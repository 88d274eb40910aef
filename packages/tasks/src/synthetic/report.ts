import type { Random } from '@unmask/tensor-core';
import { sentence } from './sentence.js';
import { changeScene, drawScene, tellScene } from './scene.js';

/** A few sentences on what somebody did, and the summary: the first of these deeds, in short. */
export function synthesizeReport(random: Random): { text: string; summary: string } {
  const scene = drawScene(random);
  const later = Array.from({ length: 1 + random.integer(3) }, () => changeScene(random, scene, ['action', 'thing', 'place', 'time']));
  return {
    text: [scene, ...later].map((told) => tellScene(random, told)).join(' '),
    summary: sentence(random.choose(scene.actor), scene.action[0], random.choose(scene.thing.names)),
  };
}
