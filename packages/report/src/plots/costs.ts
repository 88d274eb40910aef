import * as Plot from '@observablehq/plot';
import { bytes, duration, whole } from '../labels.js';
import type { Costs, Panel } from '../report.js';
import { drawn, type Figure, labelWidth } from './figure.js';
import { type Styles, styleOf } from './series.js';

/** Pixels from one bar to the next. */
const ROW = 18;

const COSTS: readonly { readonly name: keyof Costs; readonly title: string; readonly caption: string; readonly shown: (value: number) => string }[] = [
  { name: 'gradientUpdates', title: 'Gradient updates', caption: 'Weights changed in a step, added up over the steps of the run.', shown: compact },
  { name: 'secondsTraining', title: 'Training time', caption: 'On the machine that ran it, as a mean over runs.', shown: duration },
  { name: 'peakMemoryMB', title: 'Peak memory', caption: 'Highest memory of the process while it trained and evaluated.', shown: (value) => `${whole(value)} MiB` },
  { name: 'deltaBytes', title: 'Size of the saved change', caption: 'What has to be kept of a trained model besides the one it started from.', shown: bytes },
];

/** A bar chart of each cost, bars from zero. */
export function costFigures({ rows }: Panel, styles: Styles): Figure[] {
  const labels = rows.map(({ label }) => label);
  return COSTS.map(({ name, title, caption, shown }) => {
    const bars = rows.map(({ label, method, costs }) => ({ label, value: costs[name], text: shown(costs[name]), ...styleOf(styles, method) }));
    const alt = `${title}. ${bars.map(({ label, text }) => `${label} ${text}`).join('; ')}.`;
    const svg = drawn({
      height: 12 + ROW * bars.length,
      marginLeft: labelWidth(labels),
      marginRight: 70,
      marginTop: 4,
      marginBottom: 8,
      x: { axis: null, domain: [0, Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE)] },
      y: { domain: labels, label: null, tickSize: 0 },
      marks: [Plot.barX(bars, { y: 'label', x: 'value', fill: 'colour', insetTop: 2, insetBottom: 2 }), Plot.text(bars, { y: 'label', x: 'value', text: 'text', textAnchor: 'start', dx: 4 })],
    });
    return { title, svg, alt, caption };
  });
}

/** A large number in two or three digits. */
function compact(value: number): string {
  return value.toLocaleString('en', { notation: 'compact', maximumSignificantDigits: 3 });
}
