import { Random, UnmaskError } from '@unmask/tensor-core';
import type { ClassificationTask, ExampleOf, PublishedExample, RegressionTask, Split, PublishedTask, TextExample } from '../task.js';

/** Share of class labels that are wrong, as in data labelled by people. */
const LABEL_NOISE = 0.05;
/** Standard deviation that is added to scores. */
const SCORE_NOISE = 0.25;
/** Share of the possible first texts that are kept for evaluation. */
const EVALUATION_SHARE = 0.2;
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
 * at hand; no result on them says anything about the real task. One class label of a text or an entity in twenty is wrong
 * on purpose.
 * Whatever the seeds, no first text of the training split occurs in another split.
 * @throws UnmaskError when `count` is not a whole number of at least 1, or larger than the task's supply of texts; `unsupported`
 * for a task that makes up none
 */
export function synthesizeSplit<T extends PublishedTask>(task: T, split: Split, { seed, count }: SynthesizeOptions): ExampleOf<T>[] {
  if (!Number.isInteger(count) || count < 1) throw new UnmaskError(`count ${count}: give a whole number of at least 1`);
  const random = new Random(seed).fork(`${task.name}/${split}`);
  const seen = new Set<string>();
  return Array.from({ length: count }, () => {
    for (let attempt = 0; attempt < PATIENCE; attempt++) {
      const example = draw(task, random);
      const texts = textsOf(example);
      const key = texts.join('\n');
      if (seen.has(key) || isForEvaluation(texts[0]) === (split === 'train')) continue;
      seen.add(key);
      return withNoise(task, random, example);
    }
    throw new UnmaskError(`count ${count}: ${task.name} has hardly more than ${seen.size} different examples; ask for fewer`);
  });
}

/** Whether a text may be evaluated on, and not trained on, depends on nothing but the text. */
function isForEvaluation(text: string): boolean {
  return new Random(text).uniform() < EVALUATION_SHARE;
}

/** What a model is shown of an example. */
function textsOf(example: PublishedExample): readonly string[] {
  if ('texts' in example) return example.texts;
  return ['words' in example ? example.words.join(' ') : example.prompt];
}

function draw(task: PublishedTask, random: Random): PublishedExample {
  switch (task.kind) {
    case 'generation':
      return task.read(new Map(Object.entries(task.synthesize?.(random) ?? none(task))));
    case 'token-classification':
      return task.synthesize?.(random) ?? none(task);
    default: {
      const label = drawLabel(task, random);
      return { texts: task.synthesize?.(random, label) ?? none(task), label };
    }
  }
}

function none({ name }: PublishedTask): never {
  throw new UnmaskError(`task ${name} has no generated data: give a folder`, { code: 'unsupported' });
}

function drawLabel(task: ClassificationTask | RegressionTask, random: Random): number {
  const [lowest, highest] = task.kind === 'regression' ? task.labelRange : [0, task.labels.length - 1];
  return lowest + random.integer(highest - lowest + 1);
}

/** The example with a wrong label at times, or a score that is a little off. */
function withNoise(task: PublishedTask, random: Random, example: PublishedExample): PublishedExample {
  if (task.kind === 'regression') {
    const [lowest, highest] = task.labelRange;
    const { texts, label } = example as TextExample;
    return { texts, label: Math.min(highest, Math.max(lowest, label + SCORE_NOISE * random.normal())) };
  }
  if (task.kind !== 'classification' || random.uniform() >= LABEL_NOISE) return example;
  const { texts, label } = example as TextExample;
  return { texts, label: (label + 1 + random.integer(task.labels.length - 1)) % task.labels.length };
}
