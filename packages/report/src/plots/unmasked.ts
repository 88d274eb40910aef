import * as Plot from '@observablehq/plot';
import { percent, whole } from '../labels.js';
import { groupBy } from '../statistics.js';
import type { UnmaskedMap, UnmaskedModule } from '../unmasked.js';
import { drawn, type Figure, labelWidth } from './figure.js';

/** Pixels of a layer's row, and between module types. */
const ROW = 9;
const GAP = 6;
const WIDTH = 640;

/** A module over recorded steps between which nothing changed. */
interface Tile {
  /** From the left edge to the right one, in recorded steps. */
  readonly from: number;
  readonly to: number;
  /** Top edge, in pixels. */
  readonly y: number;
  readonly opacity: number;
  readonly title: string;
}

/** Where a run's unmasked entries were: a row for each module type and layer, a column for each recorded step. */
export function unmaskedFigure({ row, task, seed, entries, steps, modules }: UnmaskedMap): Figure {
  const title = `${row} on ${task}, seed ${seed}`;
  const highest = Math.max(...modules.flatMap(({ counts }) => counts));
  const [tiles, headings]: [Tile[], { module: string; y: number }[]] = [[], []];
  let y = 0;
  for (const [module, layers] of groupBy(withEveryLayer(modules).sort(inOrder), (each) => each.module)) {
    headings.push({ module, y: y + (layers.length * ROW) / 2 });
    for (const layer of layers) {
      for (const [from, to] of constantSpans(layer.counts)) {
        const count = layer.counts[from];
        if (count > 0) tiles.push({ from, to, y, opacity: Math.sqrt(count / highest), title: `${nameOf(layer)}, from step ${steps[from]}: ${percent(count / entries)} %` });
      }
      y += ROW;
    }
    y += GAP;
  }
  const labelled = steps.map((_, index) => index).filter((index) => index % Math.ceil(steps.length / 8) === 0);
  const svg = drawn({
    width: WIDTH,
    height: y + 46,
    marginLeft: labelWidth(headings.map(({ module }) => module), 280),
    marginTop: 4,
    marginBottom: 42,
    x: { domain: [0, steps.length], ticks: labelled.map((index) => index + 0.5), tickFormat: (value: number) => whole(steps[value - 0.5]), label: 'step', labelArrow: 'none', labelAnchor: 'center', tickSize: 3 },
    y: { domain: [0, y], reverse: true, axis: null },
    marks: [
      Plot.rect(tiles, { x1: 'from', x2: 'to', y1: 'y', y2: (tile: Tile) => tile.y + ROW, fill: 'var(--heat)', fillOpacity: 'opacity', inset: 0.5, title: 'title' }),
      Plot.text(headings, { x: 0, y: 'y', text: 'module', textAnchor: 'end', dx: -6 }),
    ],
  });
  const final = [...modules].sort((left, right) => lastCount(right) - lastCount(left)).slice(0, 5);
  return {
    title,
    svg,
    alt: `${title}: of ${whole(entries)} entries unmasked in the end most were in ${final.map((each) => `${nameOf(each)} ${percent(lastCount(each) / entries)} %`).join('; ')}.`,
    caption: `Share of the ${whole(entries)} entries unmasked in the end that were in each module by each step: blank is none, the darkest ${percent(highest / entries)} %. Of each module type the first layer is at the top, the last at the bottom.`,
    wide: true,
  };
}

/** Modules that stand for layers in which nothing of their type was unmasked, too, so that layers are at the same place everywhere. */
function withEveryLayer(modules: readonly UnmaskedModule[]): UnmaskedModule[] {
  const last = Math.max(...modules.map(({ layer }) => layer ?? -1));
  const types = new Set(modules.filter(({ layer }) => layer !== null).map(({ module }) => module));
  const missing = [...types].flatMap((module) => {
    const present = new Set(modules.filter((each) => each.module === module).map(({ layer }) => layer));
    return Array.from({ length: last + 1 }, (_, layer) => layer).filter((layer) => !present.has(layer)).map((layer) => ({ module, layer, counts: [] }));
  });
  return [...modules, ...missing];
}

/** Where neighbouring values are equal, from the first of them to after the last. */
function constantSpans(values: readonly number[]): [from: number, to: number][] {
  const starts = values.map((_, index) => index).filter((index) => index === 0 || values[index] !== values[index - 1]);
  return starts.map((from, index) => [from, starts[index + 1] ?? values.length]);
}

const lastCount = ({ counts }: UnmaskedModule) => counts[counts.length - 1];

const nameOf = ({ layer, module }: UnmaskedModule) => (layer === null ? module : `${module} of layer ${layer}`);

/** Embeddings, modules of layers, heads; each by name, from the first layer on. */
function inOrder(left: UnmaskedModule, right: UnmaskedModule): number {
  const depth = ({ layer, module }: UnmaskedModule) => (layer !== null ? 1 : /embed|wte|wpe/.test(module) ? 0 : 2);
  return depth(left) - depth(right) || (left.module < right.module ? -1 : left.module > right.module ? 1 : (left.layer ?? 0) - (right.layer ?? 0));
}
