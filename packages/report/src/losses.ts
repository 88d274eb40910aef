import type { HistoryLine } from '@unmask/trainer';
import type { PanelRuns } from './grouping.js';
import { mean } from './statistics.js';

/** How the loss of a run fell while it trained. */
export interface LossCurve {
  readonly row: string;
  readonly method: string;
  readonly task: string;
  readonly seed: number;
  /** Means over equal parts of the steps, each at the part's last step. */
  readonly points: readonly { readonly step: number; readonly loss: number }[];
}

/** Points of a curve at most: single steps are too noisy to see anything in them. */
const PARTS = 24;

/** A curve for each row and task: of the chosen learning rate and the lowest seed. */
export function lossCurves({ rows }: PanelRuns): LossCurve[] {
  return rows.flatMap(({ label, method, jobs }) =>
    jobs.flatMap(({ task, chosen: { runs: [{ history, result: { seed } }] } }): LossCurve[] => {
      const lines = history.filter(isStep);
      return lines.length < 2 ? [] : [{ row: label, method, task, seed, points: partsOf(lines) }];
    }),
  );
}

type Step = Extract<HistoryLine, { readonly loss: unknown }>;
const isStep = (line: HistoryLine): line is Step => 'loss' in line;

function partsOf(lines: readonly Step[]): LossCurve['points'] {
  const count = Math.min(PARTS, lines.length);
  return Array.from({ length: count }, (_, part) => {
    const own = lines.slice(Math.floor((part * lines.length) / count), Math.floor(((part + 1) * lines.length) / count));
    return { step: own[own.length - 1].step, loss: mean(own.map(({ loss }) => loss)) };
  });
}
