import { type AnswerOf, evaluate, type Example, type ExampleOf, type GenerationExample, majorityBaseline, standardErrors, type Task } from '@unmask/tasks';
import { UnmaskError } from '@unmask/tensor-core';
import type { EvaluationSet } from '../data.js';
import { encodeExamples } from '../encoding/encode.js';
import type { EncodedExample } from '../encoding/encoded.js';
import { limitsOf } from '../encoding/limits.js';
import type { Reader, ReadSettings } from '../forms/form.js';
import { formOf } from '../forms/index.js';
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

/** What {@link measure} goes by. */
export interface MeasureOptions {
  readonly settings: TrainingSettings;
  /** Examples that the majority baseline goes by. */
  readonly train: readonly Example[];
  /** Evaluation sets as tokens, where they have been encoded. */
  readonly encoded?: ReadonlyMap<EvaluationSet, readonly EncodedExample[]>;
  /** What the model before training scored, by evaluation set. */
  readonly before?: readonly Score[] | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Measures a model on some evaluation sets. */
export async function measure(trainee: Trainee, sets: readonly EvaluationSet[], { settings, train, encoded, before: earlier, onProgress }: MeasureOptions): Promise<Measurements> {
  const [scores, predictions]: [Score[], Predictions[]] = [[], []];
  const total = sets.reduce((sum, { examples }) => sum + examples.length, 0);
  let before = 0;
  for (const [index, set] of sets.entries()) {
    const { task, split, examples } = set;
    const answers = await answersTo(task, trainee, examples, { settings, batchSize: settings.batchSize * 2, encoded: encoded?.get(set), onProgress: (done) => onProgress?.(before + done, total) });
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
      ...baselineOf(set, train, metrics, earlier?.[index]),
    });
    predictions.push({ task: task.name, split, answers: answers.map((answer) => (typeof answer === 'object' ? Array.from(answer) : answer)), labels: examples.map(({ label }) => label) });
    before += examples.length;
  }
  return { scores, predictions };
}

/** What a model's figures are compared with: the most frequent answer, or what it scored before training. */
function baselineOf({ task, examples }: EvaluationSet, train: readonly Example[], metrics: Score['metrics'], earlier: Score | undefined): Pick<Score, 'majorityValue' | 'before'> {
  if (task.baseline !== 'untrained') return { majorityValue: majorityBaseline<Task>(task, train, examples)[task.primaryMetric] };
  const before = earlier?.metrics ?? metrics;
  return { majorityValue: before[task.primaryMetric], before };
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

/** How a model is asked. */
export interface AnswerOptions {
  readonly settings: ReadSettings;
  /** Sequences a forward pass. */
  readonly batchSize: number;
  /** The examples as tokens, where they have been encoded. */
  readonly encoded?: readonly EncodedExample[] | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** What the model answers to each example. */
export function answersTo(task: Task, reader: Reader, examples: readonly Example[], options: AnswerOptions): Promise<AnswerOf<Task>[]> {
  return formOf(task).answers(asked(task, reader, examples, options));
}

/** Examples with all that a form takes to answer them. */
export function asked(task: Task, reader: Reader, examples: readonly Example[], { encoded, ...options }: AnswerOptions) {
  const encode = () => encodeExamples<Task>(task, reader.tokenizer, examples, { ...options.settings, limits: limitsOf(reader) });
  return { task, reader, examples: examples as readonly ExampleOf<Task>[], encoded: () => encoded ?? encode(), ...options };
}
