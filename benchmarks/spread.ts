/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/** Where some numbers lie. */
export interface Spread {
  readonly median: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** The spread of some numbers, at least one. */
export function spread(numbers: readonly number[]): Spread {
  return { median: median(numbers), minimum: Math.min(...numbers), maximum: Math.max(...numbers) };
}

/** A spread for people: `median (minimum to maximum)`, in three digits that count. */
export function show({ median: middle, minimum, maximum }: Spread): string {
  const digits = (value: number) => value.toLocaleString('en', { maximumSignificantDigits: 3 });
  return minimum === maximum ? digits(middle) : `${digits(middle)} (${digits(minimum)} to ${digits(maximum)})`;
}
