import { Random, UnmaskError } from '@unmask/tensor-core';
import type { Example, Split, Task, Texts } from '../task.js';

/** Share of class labels that are wrong, as in data labelled by people. */
const LABEL_NOISE = 0.05;
/** Standard deviation that is added to scores. */
const SCORE_NOISE = 0.25;
/** Share of the possible first texts that are kept for validation. */
const VALIDATION_SHARE = 0.2;
/** Draws without a new text after which a task is held to have no more. */
const PATIENCE = 1000;

/** Options of {@link synthesizeSplit}. */
export interface SynthesizeOptions {
  /** Equal seeds give equal examples; a larger count only adds to them. */
  readonly seed: number | string;
  /** Examples to make, at least 1. */
  readonly count: number;
}

/**
 * Makes up examples of a task, all different, about as many of each label. They try out a training setup where no data is
 * at hand; no result on them says anything about the real task. One class label in twenty is wrong on purpose.
 * Whatever the seeds, no first text of the training split occurs in the validation split.
 * @throws UnmaskError when `count` is not a whole number of at least 1, or larger than the task's supply of texts
 */
export function synthesizeSplit(task: Task, split: Split, { seed, count }: SynthesizeOptions): Example[] {
  if (!Number.isInteger(count) || count < 1) throw new UnmaskError(`count ${count}: give a whole number of at least 1`);
  const random = new Random(seed).fork(`${task.name}/${split}`);
  const seen = new Set<string>();
  return Array.from({ length: count }, () => {
    for (let attempt = 0; attempt < PATIENCE; attempt++) {
      const label = drawLabel(task, random);
      const texts = task.synthesize(random, label);
      const key = texts.join('\n');
      if (seen.has(key) || splitOf(texts) !== split) continue;
      seen.add(key);
      return { texts, label: addNoise(task, random, label) };
    }
    throw new UnmaskError(`count ${count}: ${task.name} has hardly more than ${seen.size} different examples; ask for fewer`);
  });
}

/** The split that a text belongs to depends on nothing but the text. */
function splitOf([first]: Texts): Split {
  return new Random(first).uniform() < VALIDATION_SHARE ? 'validation' : 'train';
}

function drawLabel(task: Task, random: Random): number {
  const [lowest, highest] = task.kind === 'regression' ? task.labelRange : [0, task.labels.length - 1];
  return lowest + random.integer(highest - lowest + 1);
}

function addNoise(task: Task, random: Random, label: number): number {
  if (task.kind === 'regression') {
    const [lowest, highest] = task.labelRange;
    return Math.min(highest, Math.max(lowest, label + SCORE_NOISE * random.normal()));
  }
  if (random.uniform() >= LABEL_NOISE) return label;
  return (label + 1 + random.integer(task.labels.length - 1)) % task.labels.length;
}
