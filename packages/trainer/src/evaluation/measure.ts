import { generateTexts, type LanguageModel } from '@unmask/models';
import { type AnswerOf, evaluate, type Example, type GenerationExample, majorityBaseline, standardErrors, type Task } from '@unmask/tasks';
import { UnmaskError } from '@unmask/tensor-core';
import type { EvaluationSet } from '../data.js';
import { encodeExamples } from '../encoding/encode.js';
import { limitsOf } from '../encoding/limits.js';
import { predict } from './evaluate.js';
import type { Figures, TrainingResult, Score } from '../result.js';
import type { TrainingSettings } from '../settings.js';
import type { Predictions } from '../files/names.js';
import type { Trainee } from '../trainee/trainee.js';

/** How good a model is, and what it answered. */
export interface Measurements {
  /** By evaluation set, in their order. */
  readonly scores: readonly Score[];
  readonly predictions: readonly Predictions[];
}

/** Measures a model on some evaluation sets. @param train examples that the majority baseline goes by */
export async function measure(
  settings: TrainingSettings,
  trainee: Trainee,
  train: readonly Example[],
  sets: readonly EvaluationSet[],
  onProgress: (done: number, total: number) => void,
): Promise<Measurements> {
  const [scores, predictions]: [Score[], Predictions[]] = [[], []];
  const total = sets.reduce((sum, { examples }) => sum + examples.length, 0);
  let before = 0;
  for (const { task, split, examples } of sets) {
    const answers = await answersTo(task, settings, trainee, examples, (done) => onProgress(before + done, total));
    const { primaryMetric } = task;
    const metrics = evaluate(task, answers, examples);
    scores.push({
      task: task.name,
      split,
      examples: examples.length,
      metrics,
      standardErrors: standardErrors(task, answers, examples, settings.seed),
      primaryMetric,
      primaryValue: metrics[primaryMetric],
      majorityValue: majorityBaseline(task, train, examples)[primaryMetric],
    });
    predictions.push({ task: task.name, split, answers: answers.map((answer) => (typeof answer === 'object' ? Array.from(answer) : answer)), labels: examples.map(({ label }) => label) });
    before += examples.length;
  }
  return { scores, predictions };
}

/** The figures of a run as a whole. */
export type Summary = Figures & Pick<TrainingResult, 'evaluationExamples'>;

/**
 * The figures that a run is ranked by: those of its first evaluation set, and those of further splits under the split's name;
 * of several tasks `task/metric`, and the mean over them.
 */
export function summarize(scores: readonly Score[]): Summary {
  const [first] = scores;
  const joint = isJoint(scores);
  const named = <Value>(valuesOf: (score: Score) => Readonly<Record<string, Value>>) =>
    Object.fromEntries(
      scores.flatMap((score, index) => {
        const prefix = joint ? `${score.task}/` : index === 0 ? '' : `${score.split}/`;
        return Object.entries(valuesOf(score)).map(([name, value]) => [prefix + name, value]);
      }),
    );
  return {
    metrics: named((score) => score.metrics),
    standardErrors: named((score) => score.standardErrors),
    primaryMetric: first.primaryMetric,
    primaryValue: primaryValueOf(scores),
    majorityValue: mean(ranking(scores).map(({ majorityValue }) => majorityValue)),
    evaluationExamples: ranking(scores).reduce((sum, score) => sum + score.examples, 0),
  };
}

/** The figure that a model is ranked by: the first score's, or the mean over several tasks. */
export function primaryValueOf(scores: readonly Score[]): number {
  return mean(ranking(scores).map(({ primaryValue }) => primaryValue));
}

const isJoint = (scores: readonly Score[]) => scores.some(({ task }) => task !== scores[0].task);
const ranking = (scores: readonly Score[]) => (isJoint(scores) ? scores : scores.slice(0, 1));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Checks before training that the model can answer every prompt after it.
 * @throws UnmaskError for a prompt that leaves no room in the model's positions
 */
export function checkPrompts({ tokenizer, generation: { maxPositions = Infinity } }: Trainee, sets: readonly EvaluationSet[]): void {
  for (const { task, split, examples } of sets) {
    if (task.kind !== 'generation') continue;
    for (const [index, { prompt }] of (examples as readonly GenerationExample[]).entries()) {
      const { length } = tokenizer.encodePrompt(prompt);
      if (length < maxPositions) continue;
      throw new UnmaskError(`prompt ${index + 1} of ${task.name}/${split} has ${length} tokens and leaves no room in the model's ${maxPositions} positions: use a model with more, or shorten the data`);
    }
  }
}

/** What the model answers to each example, in batches twice those of training; texts it writes greedily. */
export async function answersTo(
  task: Task,
  settings: Pick<TrainingSettings, 'batchSize' | 'maxLength'>,
  trainee: LanguageModel,
  examples: readonly Example[],
  onProgress: (done: number) => void,
): Promise<AnswerOf<Task>[]> {
  if (task.kind !== 'generation') {
    return predict(trainee.model, task, encodeExamples<Task>(task, trainee.tokenizer, examples, { ...settings, limits: limitsOf(trainee) }), settings.batchSize * 2, onProgress);
  }
  const prompts = (examples as readonly GenerationExample[]).map(({ prompt }) => prompt);
  return generateTexts(trainee, prompts, { maxNewTokens: task.maxNewTokens, batchSize: settings.batchSize * 2, onProgress });
}
