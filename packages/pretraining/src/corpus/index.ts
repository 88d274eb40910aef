import type { Random } from '@unmask/tensor-core';
import { letteredList } from './choices.js';
import { inventory, repetition } from './copies.js';
import { equationChain, equationList, equationsInWords } from './equations.js';
import { exercise } from './exercises.js';
import { countingStory, ledger, plainStory } from './stories.js';

/** Kinds of texts with how often they are drawn. */
const KINDS: readonly (readonly [share: number, draw: (random: Random) => string])[] = [
  [2, equationList],
  [2, equationChain],
  [1, equationsInWords],
  [4, countingStory],
  [4, ledger],
  [6, exercise],
  [1, plainStory],
  [1, letteredList],
  [1, repetition],
  [3, inventory],
];
const DRAWN = KINDS.flatMap(([share, draw]) => Array.from({ length: share }, () => draw));

/** A text of the corpus. Equal generators give equal texts. */
export const drawText = (random: Random): string => random.choose(DRAWN)(random);
