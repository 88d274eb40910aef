import * as Plot from '@observablehq/plot';
import { columnLabel, percent, whole } from '../labels.js';
import type { Cell, Column, Panel } from '../report.js';
import { groupBy, mean } from '../statistics.js';
import { endLabels } from './end-labels.js';
import { drawn, type Figure } from './figure.js';
import { type SeriesStyle, type Styles, styleOf } from './series.js';

const HEIGHT = 300;
const MARGINS = { marginTop: 16, marginBottom: 36, marginLeft: 40, marginRight: 110 };

interface Point extends SeriesStyle {
  readonly method: string;
  readonly parameters: number;
  readonly score: number;
}

/** Score against the number of trained weights: over all tasks where there are several, then task by task. */
export function budgetFigures({ columns, rows }: Panel, styles: Styles): Figure[] {
  const ranking = columns.flatMap((column, index) => (column.ranks ? [{ column, index }] : []));
  const pointsOf = (scored: (cells: readonly (Cell | null)[]) => { parameters: number; score: number } | null) =>
    rows.flatMap(({ method, cells }): Point[] => {
      const point = scored(cells);
      return point ? [{ method, ...point, ...styleOf(styles, method) }] : [];
    });
  const ofColumn = ({ column, index }: { column: Column; index: number }) =>
    budgetFigure(`${columnLabel(column)}: ${column.metric}, %`, pointsOf((cells) => meanPoint([cells[index]])));
  const overall = ranking.length > 1 ? [budgetFigure('Mean over the tasks, %', pointsOf((cells) => meanPoint(ranking.map(({ index }) => cells[index]))))] : [];
  return [...overall, ...ranking.map(ofColumn)].filter((figure) => figure !== undefined);
}

/** The mean of cells, if there are all. */
function meanPoint(cells: readonly (Cell | null)[]): { parameters: number; score: number } | null {
  const present = cells.filter((cell) => cell !== null);
  if (present.length < cells.length) return null;
  return { parameters: mean(present.map(({ costs }) => costs.trainedParameters)), score: mean(present.map((cell) => cell.mean)) };
}

function budgetFigure(title: string, points: readonly Point[]): Figure | undefined {
  if (points.length < 2) return undefined;
  const scores = points.map(({ score }) => score * 100);
  const [lowest, highest] = [Math.min(...scores), Math.max(...scores)];
  const room = Math.max((highest - lowest) * 0.08, 0.5);
  const domain: [number, number] = [lowest - room, highest + room];
  const parameters = points.map((point) => point.parameters);
  const range: [number, number] = [Math.max(1, Math.min(...parameters)) / 1.4, Math.max(...parameters) * 1.4];
  const curves = [...groupBy(points, ({ method }) => method).values()].map((curve) => [...curve].sort((left, right) => left.parameters - right.parameters));
  const ends = curves.map((curve) => curve[curve.length - 1]);
  const labels = ends.map(({ parameters: x, score, method, colour }) => ({ x, y: score * 100, text: method, colour }));
  const alt = `${title} against trained weights. ${points.map((point) => `${point.method} with ${whole(point.parameters)}: ${percent(point.score)}`).join('; ')}.`;
  const svg = drawn({
    height: HEIGHT,
    ...MARGINS,
    x: { type: 'log', domain: range, ticks: 4, tickFormat: 's', label: 'trained weights', labelArrow: 'none', labelAnchor: 'center' },
    y: { domain, ticks: 5, label: null },
    marks: [
      Plot.gridY({ ticks: 5 }),
      Plot.line(points.toSorted((left, right) => left.parameters - right.parameters), { x: 'parameters', y: (point: Point) => point.score * 100, z: 'method', stroke: 'colour', strokeWidth: 1.5 }),
      Plot.dot(points, { x: 'parameters', y: (point: Point) => point.score * 100, fill: 'colour', symbol: 'symbol', r: 4 }),
      ...endLabels(labels, range[1], domain, HEIGHT - MARGINS.marginTop - MARGINS.marginBottom),
    ],
  });
  return { title, svg, alt, caption: 'Each point is a method with a budget, on a logarithmic scale of the weights it trains; lines join the budgets of one method. Higher and further left is better.' };
}
