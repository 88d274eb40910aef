import { UnmaskError } from '@unmask/tensor-core';
import type { TrainerCallback } from '../training/callbacks.js';
import { figuresOf, parametersOf } from './figures.js';

/** Options of {@link mlflowReporter}. */
export interface MlflowOptions {
  /** Address of the tracking server; MLFLOW_TRACKING_URI by default. */
  readonly uri?: string | undefined;
  /** Name of the experiment; MLFLOW_EXPERIMENT_NAME by default, else `Default`. */
  readonly experiment?: string | undefined;
  readonly fetch?: typeof fetch;
}

/** Most parameters of a request (MLflow REST API, runs/log-batch). */
const MOST_PARAMETERS = 100;

/**
 * Reports trainings to an MLflow tracking server by its REST API: a run each, with its settings, and by step loss, learning rate and
 * what evaluations find.
 * @throws UnmaskError when no server is named; the callback, when it does not answer
 */
export function mlflowReporter({ uri = globalThis.process?.env.MLFLOW_TRACKING_URI, experiment = globalThis.process?.env.MLFLOW_EXPERIMENT_NAME ?? 'Default', fetch: ask = fetch }: MlflowOptions = {}): TrainerCallback {
  if (uri === undefined || !/^https?:/.test(uri)) throw new UnmaskError(`reports to MLflow need the address of its server: set MLFLOW_TRACKING_URI, such as http://localhost:5000${uri === undefined ? '' : `, and not ${JSON.stringify(uri)}`}`);
  const call = async (path: string, body?: object): Promise<Readonly<Record<string, unknown>>> => {
    const response = await ask(`${uri.replace(/\/$/, '')}/api/2.0/mlflow/${path}`, body ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}).catch((cause: unknown) => {
      throw new UnmaskError(`the MLflow server at ${uri} does not answer: start it, or give another MLFLOW_TRACKING_URI`, { code: 'not-found', cause });
    });
    const answer = (await response.json().catch(() => ({}))) as Readonly<Record<string, unknown>>;
    if (response.ok || answer.error_code === 'RESOURCE_DOES_NOT_EXIST') return answer;
    throw new UnmaskError(`the MLflow server at ${uri} refuses ${path}: ${typeof answer.message === 'string' ? answer.message : response.status}`, { code: 'bad-argument' });
  };
  let run = '';
  const log = (step: number, figures: Readonly<Record<string, number>>) =>
    call('runs/log-batch', { run_id: run, metrics: Object.entries(figures).map(([key, value]) => ({ key: key.replace(/[^\w\-. /]/g, '_'), value, step, timestamp: Date.now() })) });
  return {
    onStart: async ({ settings }) => {
      const found = (await call(`experiments/get-by-name?experiment_name=${encodeURIComponent(experiment)}`)).experiment as { readonly experiment_id: string } | undefined;
      const id = found?.experiment_id ?? ((await call('experiments/create', { name: experiment })).experiment_id as string);
      const created = (await call('runs/create', { experiment_id: id, start_time: Date.now() })).run as { readonly info: { readonly run_id: string } };
      run = created.info.run_id;
      const params = Object.entries(parametersOf(settings)).slice(0, MOST_PARAMETERS).map(([key, value]) => ({ key, value: String(value) }));
      await call('runs/log-batch', { run_id: run, params });
    },
    onStep: ({ step, loss, learningRate, unmasked }) => log(step, { loss, 'learning rate': learningRate, unmasked }),
    onEvaluate: ({ step, scores }) => log(step, figuresOf(scores)),
    onEnd: async ({ scores, steps }) => {
      await log(steps, figuresOf(scores));
      await call('runs/update', { run_id: run, status: 'FINISHED', end_time: Date.now() });
    },
  };
}
