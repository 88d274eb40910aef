import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** A plot on the page. */
export interface Figure {
  readonly title: string;
  /** An SVG element, without anything for screen readers. */
  readonly svg: string;
  /** What it shows, value by value, for those who do not see it. */
  readonly alt: string;
  /** What it shows, in plain words. */
  readonly caption: string;
  /** Whether it needs the page's whole width. */
  readonly wide?: boolean;
}

/** What our plots leave to be said. */
export type PlotOptions = Omit<Plot.PlotOptions, 'document' | 'className'>;

/** Width of a plot, in CSS pixels: a phone's. */
export const WIDTH = 360;

/** Draws a plot as an SVG element. Texts stand as texts in it: what they say cannot become markup. */
export function drawn(options: PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>') as unknown as { document: never }; // there are no types of the DOM here
  return (Plot.plot({ width: WIDTH, ...options, document, className: 'plot' }) as unknown as { outerHTML: string }).outerHTML;
}

/** Pixels that the longest of these labels takes at a plot's font size, within a limit. */
export const labelWidth = (labels: readonly string[], limit = 170): number => Math.min(limit, 14 + 6 * Math.max(...labels.map(({ length }) => length)));
