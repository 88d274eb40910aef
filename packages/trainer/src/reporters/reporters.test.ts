import { expect, test } from '@jest/globals';
import type { TrainingResult } from '../result.js';
import type { TrainingSettings } from '../settings.js';
import type { TrainerCallback } from '../training/callbacks.js';
import { everyNth, mlflowReporter, wandbReporter } from '../index.js';

const settings = { task: 'x', method: 'id3', budget: null, adapterConfig: { r: 8 } } as unknown as TrainingSettings;
const scores = [{ task: 'x', split: 'validation', metrics: { accuracy: 0.5 } }] as unknown as TrainingResult['scores'];
const control = { stop: () => undefined };

/** Lets a callback see a training of four steps. */
async function train(callback: TrainerCallback): Promise<void> {
  await callback.onStart?.({ settings, steps: 4, budget: null });
  for (let step = 1; step <= 4; step++) await callback.onStep?.({ step, loss: 1 / step, learningRate: 0.1, unmasked: step, examplesPerSecond: 1 }, control);
  await callback.onEvaluate?.({ step: 4, scores }, control);
  await callback.onEnd?.({ ...settings, scores, steps: 4 } as TrainingResult);
}

test('Weights & Biases is given a run by its own package', async () => {
  const calls: unknown[] = [];
  const sdk = { init: (options: unknown) => Promise.resolve(calls.push(options)), log: (row: unknown) => void calls.push(row), finish: () => Promise.resolve(calls.push('finish')) };
  await train(everyNth(await wandbReporter({ project: 'p', load: () => Promise.resolve({ default: sdk }) }), 2));
  expect(calls).toEqual([
    { project: 'p', config: { task: 'x', method: 'id3', adapterConfig: '{"r":8}' } },
    { step: 2, loss: 0.5, 'learning rate': 0.1, unmasked: 2 },
    { step: 4, loss: 0.25, 'learning rate': 0.1, unmasked: 4 },
    { step: 4, 'x/validation/accuracy': 0.5 },
    { step: 4, 'x/validation/accuracy': 0.5 },
    'finish',
  ]);
  await expect(wandbReporter()).rejects.toThrow('npm install @wandb/sdk');
});

test('MLflow is given a run by its REST API', async () => {
  const asked: string[] = [];
  const answers: Readonly<Record<string, object>> = { 'experiments/create': { experiment_id: '7' }, 'runs/create': { run: { info: { run_id: 'r' } } } };
  const server = (url: string | URL | Request, init?: RequestInit) => {
    const path = (url instanceof Request ? url.url : url.toString()).split('/mlflow/')[1];
    asked.push(`${path} ${typeof init?.body === 'string' ? init.body.replace(/\d{13}/g, 'NOW') : ''}`.trim());
    const isMissing = path.startsWith('experiments/get-by-name');
    return Promise.resolve(new Response(JSON.stringify(isMissing ? { error_code: 'RESOURCE_DOES_NOT_EXIST' } : (answers[path] ?? {})), { status: isMissing ? 404 : 200 }));
  };
  await train(everyNth(mlflowReporter({ uri: 'http://server/', experiment: 'e', fetch: server }), 4));
  expect(asked).toEqual([
    'experiments/get-by-name?experiment_name=e',
    'experiments/create {"name":"e"}',
    'runs/create {"experiment_id":"7","start_time":NOW}',
    'runs/log-batch {"run_id":"r","params":[{"key":"task","value":"x"},{"key":"method","value":"id3"},{"key":"adapterConfig","value":"{\\"r\\":8}"}]}',
    'runs/log-batch {"run_id":"r","metrics":[{"key":"loss","value":0.25,"step":4,"timestamp":NOW},{"key":"learning rate","value":0.1,"step":4,"timestamp":NOW},{"key":"unmasked","value":4,"step":4,"timestamp":NOW}]}',
    'runs/log-batch {"run_id":"r","metrics":[{"key":"x/validation/accuracy","value":0.5,"step":4,"timestamp":NOW}]}',
    'runs/log-batch {"run_id":"r","metrics":[{"key":"x/validation/accuracy","value":0.5,"step":4,"timestamp":NOW}]}',
    'runs/update {"run_id":"r","status":"FINISHED","end_time":NOW}',
  ]);
  expect(() => mlflowReporter({ uri: 'mlruns' })).toThrow('set MLFLOW_TRACKING_URI');
  const silent = mlflowReporter({ uri: 'http://server', fetch: () => Promise.reject(new Error('no')) });
  await expect(train(silent)).rejects.toThrow('the MLflow server at http://server does not answer');
});
