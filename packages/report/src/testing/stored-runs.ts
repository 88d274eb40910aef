import { DEFAULT_SETTINGS, type RunResult, type RunSettings, type StoredRun } from '@unmask/benchmark';
import type { HistoryLine, Predictions, Score } from '@unmask/trainer';

/** A made-up score on 100 examples. */
export function score(primaryValue: number, changes: Partial<Score> = {}): Score {
  const primaryMetric = changes.primaryMetric ?? 'accuracy';
  return { task: 'rte', split: 'validation', examples: 100, metrics: { [primaryMetric]: primaryValue }, standardErrors: { [primaryMetric]: 0.04 }, primaryMetric, primaryValue, majorityValue: 0.5, ...changes };
}

/** Made-up settings. */
export const settings = (changes: Partial<RunSettings> = {}): RunSettings => ({ ...DEFAULT_SETTINGS, task: 'rte', method: 'id3', model: 'models/tiny', data: 'data', seed: 1, budget: 1000, learningRate: 0.005, ...changes });

/** A made-up run that has these scores, its task's one by default. */
export function storedRun(changes: Partial<RunResult> & { readonly value?: number } = {}, { history = [], predictions = [] }: { history?: readonly HistoryLine[]; predictions?: readonly Predictions[] } = {}): StoredRun {
  const { value = 0.7, ...others } = changes;
  const scores = others.scores ?? [score(value, { task: others.task ?? 'rte' })];
  const [{ primaryMetric, primaryValue, majorityValue, metrics, standardErrors, examples }] = scores;
  const result: RunResult = {
    ...settings(),
    backend: 'onnxruntime', dataOrigin: 'real',
    totalParameters: 22_000_000, trainedParameters: 1386, unmaskedEntries: 1000, touchedEntries: 1000, headParameters: 386, gradientUpdates: 50_500,
    steps: 100, bestStep: null, trainExamples: 2490, evaluationExamples: examples,
    metrics, standardErrors, primaryMetric, primaryValue, majorityValue, scores,
    finalLoss: 0.4, secondsTraining: 12, secondsEvaluating: 1, examplesPerSecond: 100, peakMemoryMB: 500,
    deltaFile: 'delta.safetensors', deltaBytes: 9000, deltaSha256: '', deltaVerified: true, versions: {}, gitHash: null, finishedAt: '2026-01-01T00:00:00.000Z',
    ...others,
  };
  return { folder: `runs/${[result.task, result.method, result.budget, result.learningRate, result.seed].join('--')}`, result, history, predictions };
}
