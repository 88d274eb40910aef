import { describe, expect, test } from '@jest/globals';
import { buildReport } from '../build-report.js';
import type { Panel } from '../report.js';
import { documentOf, type PageElement } from '../testing/page.js';
import { score, storedRun } from '../testing/stored-runs.js';
import { budgetFigures } from './budgets.js';
import { costFigures } from './costs.js';
import { scoreFigures } from './scores.js';
import { seriesStyles } from './series.js';
import { unmaskedFigure } from './unmasked.js';

const panelOf = (...finished: ReturnType<typeof storedRun>[]): Panel => buildReport({ finished, failed: [], damaged: [], unfinished: [] }).panels[0];
const stylesOf = ({ rows }: Panel) => seriesStyles(rows.map(({ method }) => method));
const all = (svg: string, selector: string): PageElement[] => [...documentOf(svg).querySelectorAll(selector)];
const number = (element: PageElement, name: string) => Number(element.getAttribute(name));
/** Where an element was moved to. */
const place = (element: PageElement) => (/translate\(([^,]+),([^)]+)\)/.exec(element.getAttribute('transform') ?? '') ?? []).slice(1).map(Number);

test('bars begin at zero: they are as long as their values', () => {
  const panel = panelOf(storedRun({ peakMemoryMB: 300 }), storedRun({ method: 'fft', budget: null, peakMemoryMB: 900 }));
  const { svg, alt } = costFigures(panel, stylesOf(panel))[2];
  const [first, second] = all(svg, '[aria-label="bar"] rect').map((bar) => number(bar, 'width')).sort((left, right) => left - right);
  expect(second / first).toBeCloseTo(3, 1);
  expect(alt).toMatch(/id3 · 1,000 300 MiB; fft 900 MiB|fft 900 MiB; id3 · 1,000 300 MiB/);
});

describe('scores', () => {
  const figureOf = (majorityValue: number) => {
    const panel = panelOf(storedRun({ scores: [score(0.7, { majorityValue })] }), storedRun({ method: 'fft', budget: null, scores: [score(0.74, { majorityValue })] }));
    return scoreFigures(panel, stylesOf(panel))[0];
  };

  test('have error bars of twice their error', () => {
    const { svg, alt } = figureOf(0.65);
    const lines = all(svg, '[aria-label="rule"] line').map((line) => Math.abs(number(line, 'x2') - number(line, 'x1'))).filter((length) => length > 0);
    const dots = all(svg, '[aria-label="dot"] path, [aria-label="dot"] circle').map((dot) => place(dot)[0] || number(dot, 'cx'));
    expect(lines[0] / Math.abs(dots[0] - dots[1])).toBeCloseTo(2, 1); // 8 points against 4
    expect(alt).toContain('fft 74.0 plus or minus 4.0');
  });

  test('have the majority answer where it is near, and say it where it is not', () => {
    expect(figureOf(0.65).svg).toContain('majority');
    expect(figureOf(0).svg).not.toContain('majority');
    expect(figureOf(0).caption).toContain('The majority answer\'s 0.0 is outside');
  });
});

test('labels of methods with like scores do not overlap, and colours go by method', () => {
  const panel = panelOf(...['id3', 'pafi', 'random', 'fishmask', 'magnitude'].map((method, index) => storedRun({ method, value: 0.7 + index / 1e4 })), storedRun({ budget: 9000, trainedParameters: 9386, value: 0.8 }));
  const [{ svg }] = budgetFigures(panel, stylesOf(panel));
  const labels = all(svg, '[aria-label="text"]').at(-1)!;
  const heights = [...labels.querySelectorAll('text')].map((text) => place(text)[1]).sort((left, right) => left - right);
  expect(heights).toHaveLength(5);
  for (let index = 1; index < heights.length; index++) expect(heights[index] - heights[index - 1]).toBeGreaterThan(11);
  expect(new Set([...labels.querySelectorAll('text')].map((text) => text.getAttribute('fill'))).size).toBe(5);
});

test('nine methods have nine looks', () => {
  const styles = seriesStyles(Array.from({ length: 9 }, (_, index) => `method ${index}`));
  expect(new Set([...styles.values()].map(({ colour, symbol }) => colour + symbol)).size).toBe(9);
});

test('a map of unmasked entries leaves room for layers without any, and is darkest where the most are', () => {
  const { svg, alt } = unmaskedFigure({
    row: 'id3', task: 'rte', seed: 1, entries: 100, steps: [5, 10],
    modules: [{ layer: 2, module: 'key', counts: [4, 16] }, { layer: 0, module: 'query', counts: [0, 64] }],
  });
  const tiles = all(svg, '[aria-label="rect"] rect');
  expect(tiles.map((tile) => number(tile, 'fill-opacity')).sort()).toEqual([0.25, 0.5, 1]);
  const [keys, query] = [tiles.slice(0, 2), tiles[2]];
  expect(number(query, 'y') - number(keys[0], 'y')).toBeCloseTo(9 + 6, 0); // layer 0 of the next module is under layer 2 of the one before
  expect(alt).toContain('query of layer 0 64.0 %; key of layer 2 16.0 %');
});

test('a mask that is fixed from the first step is one tile a module', () => {
  const { svg } = unmaskedFigure({ row: 'pafi', task: 'rte', seed: 1, entries: 100, steps: [5, 10, 15], modules: [{ layer: 0, module: 'key', counts: [100, 100, 100] }, { layer: 1, module: 'key', counts: [0, 0, 50] }] });
  const [fixed, grown] = all(svg, '[aria-label="rect"] rect').map((tile) => number(tile, 'width'));
  expect(fixed / grown).toBeCloseTo(3, 1);
});
