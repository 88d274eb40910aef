import * as Plot from '@observablehq/plot';
import { columnLabel, percent, whole } from '../labels.js';
import type { Cell, Column, Panel } from '../report.js';
import { groupBy, mean } from '../statistics.js';
import { drawn, type Figure } from './figure.js';
import { type SeriesStyle, type Styles, styleOf } from './series.js';

const HEIGHT = 300;
const MARGINS = { marginTop: 16, marginBottom: 36, marginLeft: 40, marginRight: 110 };
/** Pixels from one label to the next. */
const LINE = 12;

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
  const labels = placed(ends, domain);
  const alt = `${title} against trained weights. ${points.map((point) => `${point.method} with ${whole(point.parameters)}: ${percent(point.score)}`).join('; ')}.`;
  const svg = drawn({
    height: HEIGHT,
    ...MARGINS,
    x: { type: 'log', domain: range, ticks: 4, tickFormat: 's', label: 'trained weights', labelArrow: 'none', labelAnchor: 'center' },
    y: { domain, ticks: 5, label: null },
    marks: [
      Plot.gridY({ ticks: 5 }),
      Plot.line(points.toSorted((left, right) => left.parameters - right.parameters), { x: 'parameters', y: (point: Point) => point.score * 100, z: 'method', stroke: 'colour', strokeWidth: 1.5 }),
      Plot.link(labels, { x1: (label: Label) => label.point.parameters, x2: range[1], y1: (label: Label) => label.point.score * 100, y2: 'position', stroke: (label: Label) => label.point.colour, strokeOpacity: 0.4, strokeWidth: 0.75 }),
      Plot.dot(points, { x: 'parameters', y: (point: Point) => point.score * 100, fill: 'colour', symbol: 'symbol', r: 4 }),
      Plot.text(labels, { x: range[1], y: 'position', text: (label: Label) => label.point.method, fill: (label: Label) => label.point.colour, textAnchor: 'start', dx: 4 }),
    ],
  });
  return { title, svg, alt, caption: 'Each point is a method with a budget, on a logarithmic scale of the weights it trains; lines join the budgets of one method. Higher and further left is better.' };
}

interface Label {
  readonly point: Point;
  /** On the scale of scores. */
  readonly position: number;
}

/** Labels at the heights of their points, moved apart where they would overlap. */
function placed(points: readonly Point[], [lowest, highest]: readonly [number, number]): Label[] {
  const gap = ((highest - lowest) * LINE) / (HEIGHT - MARGINS.marginTop - MARGINS.marginBottom);
  const positions: number[] = [];
  const ordered = points.toSorted((left, right) => left.score - right.score);
  for (const { score } of ordered) positions.push(Math.max(score * 100, (positions.at(-1) ?? -Infinity) + gap));
  for (let index = positions.length - 1, ceiling = highest; index >= 0; index--, ceiling = positions[index + 1] - gap) positions[index] = Math.min(positions[index], ceiling);
  return ordered.map((point, index) => ({ point, position: positions[index] }));
}
