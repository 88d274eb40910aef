import * as Plot from '@observablehq/plot';

/** Pixels from one label to the next. */
const LINE = 12;

/** The end of a line, and what is written beside it. */
export interface LineEnd {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly colour: string;
}

/**
 * Names at the right edge, each joined to the end of its line, and moved apart where they would overlap.
 * @param edge the right end of the axis
 * @param domain of the y axis, which is `height` pixels long
 */
export function endLabels(ends: readonly LineEnd[], edge: number, domain: readonly [number, number], height: number): Plot.Markish[] {
  const labels = placed(ends, domain, height);
  return [
    Plot.link(labels, { x1: 'x', x2: edge, y1: 'y', y2: 'position', stroke: 'colour', strokeOpacity: 0.4, strokeWidth: 0.75 }),
    Plot.text(labels, { x: edge, y: 'position', text: 'text', fill: 'colour', textAnchor: 'start', dx: 4 }),
  ];
}

function placed(ends: readonly LineEnd[], [lowest, highest]: readonly [number, number], height: number): (LineEnd & { readonly position: number })[] {
  const gap = ((highest - lowest) * LINE) / height;
  const positions: number[] = [];
  const ordered = ends.toSorted((left, right) => left.y - right.y);
  for (const { y } of ordered) positions.push(Math.max(y, (positions.at(-1) ?? -Infinity) + gap));
  for (let index = positions.length - 1, ceiling = highest; index >= 0; index--, ceiling = positions[index + 1] - gap) positions[index] = Math.min(positions[index], ceiling);
  return ordered.map((end, index) => ({ ...end, position: positions[index] }));
}
