import * as Plot from '@observablehq/plot';
import type { LossCurve } from '../losses.js';
import { groupBy } from '../statistics.js';
import { endLabels } from './end-labels.js';
import { drawn, type Figure } from './figure.js';
import { type Styles, styleOf } from './series.js';

const HEIGHT = 260;
const MARGINS = { marginTop: 16, marginBottom: 36, marginLeft: 40, marginRight: 116 };

/** The losses of all rows while they trained, task by task. */
export function lossFigures(curves: readonly LossCurve[], styles: Styles): Figure[] {
  return [...groupBy(curves, ({ task }) => task)].map(([task, ofTask]) => lossFigure(`${task}: loss`, ofTask, styles));
}

function lossFigure(title: string, curves: readonly LossCurve[], styles: Styles): Figure {
  const points = curves.flatMap(({ row, method, points: own }) => own.map((point) => ({ ...point, row, colour: styleOf(styles, method).colour })));
  const losses = points.map(({ loss }) => loss);
  const [lowest, highest] = [Math.min(...losses), Math.max(...losses)];
  const room = Math.max((highest - lowest) * 0.06, 1e-6);
  const domain: [number, number] = [lowest - room, highest + room];
  const last = Math.max(...points.map(({ step }) => step));
  const ends = curves.map(({ row, method, points: own }) => {
    const { step, loss } = own[own.length - 1];
    return { x: step, y: loss, text: row, colour: styleOf(styles, method).colour };
  });
  const alt = `${title} over the steps. ${curves.map(({ row, points: own }) => `${row} from ${own[0].loss.toPrecision(3)} to ${own[own.length - 1].loss.toPrecision(3)}`).join('; ')}.`;
  const svg = drawn({
    height: HEIGHT,
    ...MARGINS,
    x: { domain: [0, last], ticks: 4, label: 'step', labelArrow: 'none', labelAnchor: 'center' },
    y: { domain, ticks: 5, label: null },
    marks: [
      Plot.gridY({ ticks: 5 }),
      Plot.line(points, { x: 'step', y: 'loss', z: 'row', stroke: 'colour', strokeWidth: 1.5 }),
      ...endLabels(ends, last, domain, HEIGHT - MARGINS.marginTop - MARGINS.marginBottom),
    ],
  });
  return { title, svg, alt, caption: 'Loss on the training batches, as means over equal parts of the steps, of one seed each.' };
}
