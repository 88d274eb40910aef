import { meanOf } from './metric.js';

/** How far a number may be from the right one (LLM-Adapters, evaluate.py). */
const TOLERANCE = 0.001;

/** The last number of a text, commas removed; Infinity where there is none (LLM-Adapters, evaluate.py). */
export function lastNumber(text: string): number {
  const numbers = text.replaceAll(',', '').match(/-?\d+\.?\d*/g);
  return numbers === null ? Infinity : Number(numbers.at(-1));
}

/** The first of the letters A … E in a text, also within a word; empty where there is none (LLM-Adapters, evaluate.py). */
export function firstChoice(text: string): string {
  return /[A-E]/.exec(text)?.[0] ?? '';
}

/**
 * Share of texts that come to the right answer: where that is a letter A … E, by {@link firstChoice}; where it is a number,
 * by {@link lastNumber}, up to 0.001.
 */
export const answerAccuracy = meanOf((text: string, [truth]: readonly string[]) => {
  const right = /^[A-E]$/.test(truth) ? firstChoice(text) === truth : Math.abs(lastNumber(text) - Number(truth)) <= TOLERANCE;
  return Number(right);
});
