import { meanOf, type Metric } from './metric.js';

/** Share of texts that equal one of their references, but for blanks around them, 0 … 1. */
export const exactMatch: Metric<string, readonly string[]> = meanOf((answer: string, references: readonly string[]) => Number(references.some((reference) => reference.trim() === answer.trim())));
