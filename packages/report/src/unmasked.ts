import type { StoredRun } from '@unmask/benchmark';
import type { HistoryLine } from '@unmask/trainer';
import type { PanelRuns } from './grouping.js';
import { groupBy } from './statistics.js';

/** Where the entries were that a run had unmasked, step by step. */
export interface UnmaskedMap {
  readonly row: string;
  readonly task: string;
  readonly seed: number;
  /** Entries unmasked at the end of the run. */
  readonly entries: number;
  /** Steps at which it was recorded, ascending. */
  readonly steps: readonly number[];
  readonly modules: readonly UnmaskedModule[];
}

/** The entries unmasked in one module of one layer. */
export interface UnmaskedModule {
  /** From 0; null for what is in no layer, as embeddings. */
  readonly layer: number | null;
  /** The module's name within its layer, such as `attention.self.query`. */
  readonly module: string;
  /** Entries unmasked by each of the steps. */
  readonly counts: readonly number[];
}

/** One map for each row with such a history: of its first task that has one, and the lowest seed. */
export function unmaskedMaps({ rows }: PanelRuns): UnmaskedMap[] {
  return rows.flatMap(({ label, jobs }) => {
    const run = jobs.flatMap(({ chosen }) => chosen.runs).find((each) => each.result.unmaskedEntries > 0 && each.history.some(isDistribution));
    return run ? [mapOf(run, label)] : [];
  });
}

type Distribution = Extract<HistoryLine, { readonly unmaskedByTensor: unknown }>;
const isDistribution = (line: HistoryLine): line is Distribution => 'unmaskedByTensor' in line;

function mapOf({ history, result: { task, seed, unmaskedEntries } }: StoredRun, row: string): UnmaskedMap {
  const lines = history.filter(isDistribution);
  const parameters = [...new Set(lines.flatMap(({ unmaskedByTensor }) => Object.keys(unmaskedByTensor)))];
  const modules = [...groupBy(parameters, (name) => JSON.stringify(placeOf(name))).values()].map((names): UnmaskedModule => ({
    ...placeOf(names[0]),
    counts: lines.map(({ unmaskedByTensor }) => names.reduce((sum, name) => sum + (unmaskedByTensor[name] ?? 0), 0)),
  }));
  return { row, task, seed, entries: unmaskedEntries, steps: lines.map(({ step }) => step), modules };
}

/**
 * The layer and module that a parameter's name says: `bert.encoder.layer.3.attention.self.query.weight` is of layer 3's
 * `attention.self.query`, and so is its bias. A name without a number is of no layer.
 */
export function placeOf(name: string): { layer: number | null; module: string } {
  const match = /^(?:.*?\.)?(\d+)\.(.+)$/.exec(name);
  const module = (match?.[2] ?? name).replace(/\.(?:weight|bias)$/, '');
  return { layer: match ? Number(match[1]) : null, module };
}
