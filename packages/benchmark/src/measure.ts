import { generateText } from '@unmask/models';
import { type AnswerOf, evaluate, type Example, type GenerationExample, majorityBaseline, standardErrors, type Task } from '@unmask/tasks';
import { UnmaskError } from '@unmask/tensor-core';
import type { TaskData } from './data.js';
import { encodeExamples } from './encode.js';
import { predict } from './evaluate.js';
import type { RunResult, RunSettings } from './result.js';
import type { Trainee } from './trainee.js';

/** The part of a result that says how good a model is. */
export type Measurements = Pick<RunResult, 'metrics' | 'standardErrors' | 'primaryMetric' | 'primaryValue' | 'majorityValue' | 'evaluationExamples'>;

/**
 * Measures a trained model on every evaluation split of its task. Metrics of the split that ranks have their plain names,
 * those of others the split's before it.
 */
export async function measure(task: Task, settings: RunSettings, trainee: Trainee, { train, evaluation }: TaskData, onProgress: (done: number, total: number) => void): Promise<Measurements> {
  const { primaryMetric } = task;
  const [metrics, errors]: [Record<string, number>, Record<string, number | null>] = [{}, {}];
  const total = evaluation.reduce((sum, { examples }) => sum + examples.length, 0);
  let before = 0;
  for (const [index, { split, examples }] of evaluation.entries()) {
    const answers = await answersTo(task, settings, trainee, examples, (done) => onProgress(before + done, total));
    const named = <Value>(values: Record<string, Value>) => Object.fromEntries(Object.entries(values).map(([name, value]) => [index === 0 ? name : `${split}/${name}`, value]));
    Object.assign(metrics, named(evaluate(task, answers, examples)));
    Object.assign(errors, named(standardErrors(task, answers, examples, settings.seed)));
    before += examples.length;
  }
  const [{ examples }] = evaluation;
  return {
    metrics,
    standardErrors: errors,
    primaryMetric,
    primaryValue: metrics[primaryMetric],
    majorityValue: majorityBaseline(task, train, examples)[primaryMetric],
    evaluationExamples: examples.length,
  };
}

/**
 * Checks before training that the model can answer every prompt after it.
 * @throws UnmaskError for a prompt that leaves no room in the model's positions
 */
export function checkPrompts(task: Task, { tokenizer, generation: { maxPositions = Infinity } }: Trainee, { evaluation }: TaskData): void {
  if (task.kind !== 'generation') return;
  for (const { split, examples } of evaluation) {
    for (const [index, { prompt }] of (examples as readonly GenerationExample[]).entries()) {
      const { length } = tokenizer.encode(prompt).ids;
      if (length < maxPositions) continue;
      throw new UnmaskError(`prompt ${index + 1} of ${task.name}/${split} has ${length} tokens and leaves no room in the model's ${maxPositions} positions: use a model with more, or shorten the data`);
    }
  }
}

/** What the model answers to each example, in batches twice those of training; texts it writes greedily, one by one. */
async function answersTo(task: Task, settings: RunSettings, trainee: Trainee, examples: readonly Example[], onProgress: (done: number) => void): Promise<AnswerOf<Task>[]> {
  if (task.kind !== 'generation') {
    return predict(trainee.model, task, encodeExamples<Task>(task, trainee.tokenizer, examples, settings.maxLength), settings.batchSize * 2, onProgress);
  }
  const answers: string[] = [];
  for (const { prompt } of examples as readonly GenerationExample[]) {
    const { text } = await generateText(trainee, prompt, { maxNewTokens: task.maxNewTokens });
    answers.push(text);
    onProgress(answers.length);
  }
  return answers;
}
