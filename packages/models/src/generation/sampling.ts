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

/** Tokens that may be drawn, and their probabilities. */
export interface Distribution {
  readonly tokens: Int32Array;
  readonly probabilities: Float64Array;
}

/** The distribution that a token is drawn from. @param logits of the vocabulary, V */
export function distribution(logits: Float32Array, { temperature = 1, topK = Infinity, topP = 1 }: Omit<Sampling, 'random'>): Distribution {
  const likely = mostLikely(logits, topK);
  const largest = likely.reduce((most, token) => Math.max(most, logits[token]), -Infinity);
  const weights = new Float64Array(likely.length);
  for (let index = 0; index < likely.length; index++) weights[index] = Math.exp((logits[likely[index]] - largest) / temperature);
  const kept = topP < 1 ? fewestWithMass(weights, topP) : undefined;
  const tokens = kept?.map((index) => likely[index]) ?? likely;
  const chosen = kept ? Float64Array.from(kept, (index) => weights[index]) : weights;
  const mass = sum(chosen);
  return { tokens, probabilities: chosen.map((weight) => weight / mass) };
}

/** The `count` likeliest tokens, and those as likely as the last of them; or all. */
function mostLikely(logits: Float32Array, count: number): Int32Array {
  const all = new Int32Array(logits.length).map((_, token) => token);
  if (count >= logits.length) return all;
  const floor = logits[topIndices(logits, count)[count - 1]];
  return all.filter((token) => logits[token] >= floor);
}

/** Where the fewest weights are that make up a share of the whole, largest first; at least one. */
function fewestWithMass(weights: Float64Array, share: number): Int32Array {
  const total = sum(weights);
  // Even all of them together make up no more than what is left out: they need not be sorted.
  const negligible = ((1 - share) * total) / weights.length;
  const places = new Int32Array(weights.length).map((_, place) => place).filter((place) => weights[place] > negligible);
  places.sort((a, b) => weights[b] - weights[a]);
  let mass = 0;
  const last = places.findIndex((place) => (mass += weights[place]) >= share * total);
  return last === -1 ? places : places.subarray(0, last + 1);
}

function sum(values: Float64Array): number {
  let total = 0;
  for (let index = 0; index < values.length; index++) total += values[index];
  return total;
}

/** Draws a token. */
export function draw({ tokens, probabilities }: Distribution, random: Random): number {
  let rest = random.uniform();
  const index = probabilities.findIndex((probability) => (rest -= probability) < 0);
  return tokens[index === -1 ? tokens.length - 1 : index];
}
