/** Colours that the page's style defines, `--series-0` and on: told apart with every kind of colour vision, in light and dark. */
const COLOURS = 7;
const SYMBOLS = ['circle', 'diamond', 'square', 'triangle', 'star', 'cross', 'wye'] as const;

/** How a method is drawn wherever it occurs. */
export interface SeriesStyle {
  readonly colour: string;
  readonly symbol: (typeof SYMBOLS)[number];
}

/** How methods are drawn, by name. */
export type Styles = ReadonlyMap<string, SeriesStyle>;

/** A style for each method: another colour, and once these are used up another symbol. */
export function seriesStyles(methods: readonly string[]): Styles {
  return new Map([...new Set(methods)].map((method, index) => [method, { colour: `var(--series-${index % COLOURS})`, symbol: SYMBOLS[Math.floor(index / COLOURS) % SYMBOLS.length] }]));
}

/** The style of a method that has one. */
export const styleOf = (styles: Styles, method: string): SeriesStyle => styles.get(method) as SeriesStyle;
