import { type Random, UnmaskError } from '@unmask/tensor-core';
import { topIndices } from './top.js';

/** How a token is drawn, in this order (HF transformers, logits_process.py). */
export interface Sampling {
  /** Divides the logits: below 1 likely tokens become likelier, above 1 less so; 1 by default. More than 0. */
  readonly temperature?: number | undefined;
  /** Keeps the so many likeliest tokens, and those as likely as the last of them; all by default. From 1 up. */
  readonly topK?: number | undefined;
  /** Keeps the fewest likeliest tokens whose probabilities add up to this; all by default. Above 0, up to 1. */
  readonly topP?: number | undefined;
  /** What tokens are drawn from. */
  readonly random: Random;
}

/** @throws UnmaskError naming an option out of range */
export function checkSampling({ temperature = 1, topK = 1, topP = 1 }: Sampling): void {
  if (!(temperature > 0 && temperature < Infinity)) throw new UnmaskError(`temperature is ${temperature}, expected a number above 0: to take the likeliest token each time leave sampling out`);
  if (!Number.isSafeInteger(topK) || topK < 1) throw new UnmaskError(`topK is ${topK}, expected a whole number from 1 up`);
  if (!(topP > 0 && topP <= 1)) throw new UnmaskError(`topP is ${topP}, expected a number above 0, up to 1`);
}

/** Tokens that may be drawn, likeliest first, and their probabilities. */
export interface Distribution {
  readonly tokens: readonly number[];
  readonly probabilities: readonly number[];
}

/** The distribution that a token is drawn from. @param logits of the vocabulary, V */
export function distribution(logits: Float32Array, { temperature = 1, topK = Infinity, topP = 1 }: Omit<Sampling, 'random'>): Distribution {
  const floor = topK < logits.length ? logits[topIndices(logits, topK)[topK - 1]] : -Infinity;
  const largest = logits.reduce((most, value) => Math.max(most, value), -Infinity);
  const weights = Float64Array.from(logits, (value) => (value >= floor ? Math.exp((value - largest) / temperature) : 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  // Even all together, tokens below this share are what topP leaves out: they need not be sorted.
  const negligible = ((1 - topP) * total) / weights.length;
  const tokens = Array.from(weights.keys()).filter((token) => weights[token] > negligible);
  tokens.sort((a, b) => weights[b] - weights[a]);
  const kept = topP < 1 ? countUpTo(tokens, weights, topP * total) : tokens.length;
  tokens.length = kept;
  const mass = tokens.reduce((sum, token) => sum + weights[token], 0);
  return { tokens, probabilities: tokens.map((token) => weights[token] / mass) };
}

/** How many of the first tokens it takes to reach the mass; at least one. */
function countUpTo(tokens: readonly number[], weights: Float64Array, mass: number): number {
  let sum = 0;
  const last = tokens.findIndex((token) => (sum += weights[token]) >= mass);
  return last === -1 ? tokens.length : last + 1;
}

/** Draws a token. */
export function draw({ tokens, probabilities }: Distribution, random: Random): number {
  let rest = random.uniform();
  const index = probabilities.findIndex((probability) => (rest -= probability) < 0);
  return tokens[index === -1 ? tokens.length - 1 : index];
}
