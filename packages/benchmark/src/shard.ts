import { expectedCost } from './expected-cost.js';
import type { Cell } from './grid.js';
import { runName } from './settings.js';

/** One of several equal parts of a grid. */
export interface Shard {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/**
 * The cells of one shard, in the grid's order: every cell is in one of the shards, and their expected costs are about equal.
 * The same cells give the same shards everywhere, so that machines need not agree on anything. What depends on each other's
 * results, as in a search for the learning rate, stays together.
 */
export function shardOf(cells: readonly Cell[], { index, count }: Shard): Cell[] {
  const parts = new Map<string, { cells: Cell[]; cost: number }>(); // cells of the same runs are one part
  for (const cell of cells) {
    const name = cell.first.map(runName).join(' ');
    const part = parts.get(name) ?? { cells: [], cost: cell.first.reduce((sum, run) => sum + expectedCost(run), 0) };
    part.cells.push(cell);
    parts.set(name, part);
  }
  const loads = new Array<number>(count).fill(0);
  const chosen = new Set<Cell>();
  const dearest = [...parts].sort(([left, { cost: one }], [right, { cost: other }]) => other - one || (left < right ? -1 : 1));
  for (const [, part] of dearest) {
    const lightest = loads.indexOf(Math.min(...loads));
    loads[lightest] += part.cost;
    if (lightest === index) for (const cell of part.cells) chosen.add(cell);
  }
  return cells.filter((cell) => chosen.has(cell));
}
