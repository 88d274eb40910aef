import { percent } from '../labels.js';
import type { Comparison, Panel } from '../report.js';
import { groupBy } from '../statistics.js';
import { numbers, texts } from '../table.js';
import type { Section } from './section.js';

type Tested = Exclude<Comparison['outcome'], { readonly skipped: string }>;

/** The paired comparisons of a panel; nothing where there is nothing to compare. */
export function comparisonsSection({ comparisons }: Panel): Section[] {
  if (comparisons.length === 0) return [];
  const tested = comparisons.flatMap(({ outcome, ...names }) => ('skipped' in outcome ? [] : [{ ...names, outcome }]));
  const reasons = groupBy(comparisons.flatMap(({ outcome }) => ('skipped' in outcome ? [outcome.skipped] : [])), (reason) => reason);
  const skipped = [...reasons].map(([reason, { length }]) => `Not tested: ${length} ${length === 1 ? 'pair' : 'pairs'}, ${reason}.`);
  const head = [...texts('Task', 'Reference', 'Against'), ...numbers('Difference', '95 % interval', 'p', 'Seeds', 'Examples')];
  const rows = tested.map(({ task, split, reference, other, outcome }) => ({ cells: [...texts(`${task} ${split}`, reference, other), ...outcomeCells(outcome)] }));
  return [{
    title: 'Are the differences more than chance?',
    level: 3,
    paragraphs: [
      ...(tested.length > 0
        ? ['Reference minus the other, in points of the task’s metric, by a paired bootstrap over the evaluation examples: 1,000 resamples, the same for both, averaged over the seeds that both were run with. p is two-sided; bold where it is below 0.05. It is not corrected for the number of comparisons, and a reference that is the best of its task was chosen for that on the same examples.']
        : []),
      ...skipped,
    ],
    ...(tested.length > 0 ? { table: { head, rows } } : {}),
  }];
}

function outcomeCells({ difference, interval: [low, high], p, seeds, examples }: Tested) {
  return [
    ...texts(signed(difference), `${signed(low)} to ${signed(high)}`),
    { text: p < 0.001 ? '< 0.001' : p.toFixed(3), strong: p < 0.05 },
    ...texts(String(seeds.length), examples.toLocaleString('en')),
  ];
}

const signed = (value: number) => percent(value).replace(/^(?=\d)(?!0\.0$)/, '+');
