import type { HubOptions } from '@unmask/hub';
import { loadHubSplit, loadSplit, synthesizeSplit, type Example, type Task } from '@unmask/tasks';
import type { DataOrigin, RunSettings } from './result.js';

/** Rows that a split of generated data has when no limit is given. */
const SYNTHETIC_ROWS = { train: 1000, validation: 200 } as const;

/** The examples of a split, from where the settings say. */
export function loadExamples(task: Task, split: 'train' | 'validation', settings: RunSettings, hub: HubOptions): Promise<Example[]> | Example[] {
  if (settings.data === 'synthetic') {
    return synthesizeSplit(task, split, { seed: settings.seed, count: settings.limit ?? SYNTHETIC_ROWS[split] });
  }
  const limit = settings.limit ?? Infinity;
  return settings.data === 'hub' ? loadHubSplit(task, split, { limit, ...hub }) : loadSplit(task, settings.data, split, { limit });
}

/** What these examples are. */
export function dataOrigin({ data, limit }: RunSettings): DataOrigin {
  if (data === 'synthetic') return 'synthetic';
  return limit === null ? 'real' : 'sample';
}
