import type { StoredRun, StoredRuns } from '@unmask/benchmark';
import { didYouMean, UnmaskError } from '@unmask/tensor-core';
import { comparisonsOf, type ComparisonOptions } from './comparisons.js';
import { groupRuns, type PanelRuns } from './grouping.js';
import { lossCurves } from './losses.js';
import { methodOrder } from './method-order.js';
import { columnsOf, ratesOf, rowsOf } from './panel.js';
import { publishedBeside } from './published-beside.js';
import type { Panel, Report } from './report.js';
import { unmaskedMaps } from './unmasked.js';

/** Of the paired bootstrap. */
const RESAMPLES = 1000;

/**
 * What stored runs say.
 * @param options.against method that the others are tested against; without it the best one of each task
 * @param options.seed of the bootstrap's resamples; 1 by default
 * @throws UnmaskError when there are no runs at all, or none of the method to compare with
 */
export function buildReport({ finished, failed, damaged, unfinished }: StoredRuns, { against, seed = 1 }: { readonly against?: string; readonly seed?: number } = {}): Report {
  if (finished.length + failed.length + damaged.length + unfinished.length === 0) {
    throw new UnmaskError('there are no runs to report: give the folder that unmask run wrote to with --out', { code: 'not-found' });
  }
  const names = [...new Set(finished.map(({ result }) => result.method))];
  if (against !== undefined && names.length > 0 && !names.includes(against)) {
    throw new UnmaskError(`no run of method "${against}" to compare with${didYouMean(against, names)}; there are runs of ${names.join(', ')}`, { code: 'not-found' });
  }
  const { panels: groups, repeated } = groupRuns([...finished].sort(byMethodAndBudget));
  const panels = groups.map((group) => panelOf(group, { ...(against === undefined ? {} : { against }), seed, resamples: RESAMPLES }));
  return { finished: finished.length, panels, published: publishedBeside(panels), failed, damaged, unfinished, repeated: repeated.map(({ folder }) => folder) };
}

function panelOf(group: PanelRuns, options: ComparisonOptions): Panel {
  const columns = columnsOf(group);
  return {
    model: group.model,
    dataOrigin: group.dataOrigin,
    columns,
    rows: rowsOf(group, columns),
    rates: ratesOf(group),
    comparisons: comparisonsOf(group, columns, options),
    losses: lossCurves(group),
    unmasked: unmaskedMaps(group),
  };
}

/** In the order of methods, smaller budgets first. */
const byMethodAndBudget = ({ result: left }: StoredRun, { result: right }: StoredRun): number =>
  methodOrder(left.method) - methodOrder(right.method) || (left.budget ?? 0) - (right.budget ?? 0);
