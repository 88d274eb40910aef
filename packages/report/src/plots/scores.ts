import * as Plot from '@observablehq/plot';
import { columnLabel, examplesLabel, percent } from '../labels.js';
import type { Column, Panel } from '../report.js';
import { drawn, type Figure, labelWidth } from './figure.js';
import { type SeriesStyle, type Styles, styleOf } from './series.js';

/** Pixels from one row to the next. */
const ROW = 20;

/** A plot for each column: the rows' scores with error bars, and the majority answer's as a line. */
export function scoreFigures({ columns, rows }: Panel, styles: Styles): Figure[] {
  return columns.map((column, index) => scoreFigure(column, rows.flatMap(({ label, method, cells }) => {
    const cell = cells[index];
    return cell ? [{ label, score: cell.mean * 100, error: (cell.error ?? 0) * 100, ...styleOf(styles, method) }] : [];
  })));
}

interface Point extends SeriesStyle {
  readonly label: string;
  readonly score: number;
  readonly error: number;
}

function scoreFigure(column: Column, points: readonly Point[]): Figure {
  const title = `${columnLabel(column)}: ${column.metric}, %`;
  const extent = extentOf(points.flatMap(({ score, error }) => [score - error, score + error]));
  const majority = column.majority * 100;
  const near = Math.abs(majority - (extent[0] + extent[1]) / 2) < 1.5 * (extent[1] - extent[0]);
  const labels = points.map(({ label }) => label);
  const marginLeft = labelWidth(labels);
  const alt = `${title}. ${points.map(({ label, score, error }) => `${label} ${score.toFixed(1)} plus or minus ${error.toFixed(1)}`).join('; ')}; majority answer ${percent(column.majority)}.`;
  const svg = drawn({
    height: 48 + ROW * points.length,
    marginLeft,
    marginRight: 40,
    marginTop: 18,
    x: { ticks: 4, label: null, nice: true, domain: near ? extentOf([majority, ...extent]) : extent },
    y: { domain: labels, label: null, tickSize: 0 },
    marks: [
      Plot.gridX({ ticks: 4 }),
      Plot.ruleX(near ? [majority] : [], { stroke: 'currentColor', strokeDasharray: '2,3' }),
      Plot.text(near ? [majority] : [], { x: (value: number) => value, text: () => 'majority', frameAnchor: 'top', dy: -12, fontSize: 9 }),
      Plot.ruleY(points, { y: 'label', x1: (point: Point) => point.score - point.error, x2: (point: Point) => point.score + point.error, stroke: 'colour', strokeWidth: 1.5 }),
      Plot.dot(points, { y: 'label', x: 'score', fill: 'colour', symbol: 'symbol', r: 4 }),
      Plot.text(points, { y: 'label', frameAnchor: 'right', dx: 38, textAnchor: 'end', text: (point: Point) => percent(point.score / 100) }),
    ],
  });
  return { title, svg, alt, caption: `${examplesLabel(column)}. Bars: standard deviation over seeds, or for one seed the standard error over examples. ${near ? 'Dashed: always giving the majority answer.' : `The majority answer's ${percent(column.majority)} is outside of the plot.`}` };
}

/** Lowest and highest, with room where they are one. */
function extentOf(values: readonly number[]): [number, number] {
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  return lowest === highest ? [lowest - 1, highest + 1] : [lowest, highest];
}
