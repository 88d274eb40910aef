import type { Random } from '@unmask/tensor-core';
import { adjectives, names, nouns, places } from './words.js';

/** A few things of several kinds, said twice or more: what a model learns to copy from. */
export function repetition(random: Random): string {
  const parts: readonly (() => string)[] = [
    () => random.choose(names),
    () => `${2 + random.integer(58)} ${random.choose(nouns)[1]}`,
    () => `${random.choose(adjectives)} ${random.choose(nouns)[1]}`,
    () => String(2 + random.integer(58)),
    () => random.choose(places),
  ];
  const said = Array.from({ length: 2 + random.integer(4) }, () => random.choose(parts)()).join(random.choose([', ', ' and ', ' ']));
  return random.choose([
    `${said}. Again: ${said}. Once more: ${said}.`,
    `I say ${said}, you say ${said}, we say ${said}.`,
    `First ${said}; then ${said}; at last ${said}.`,
  ]);
}

/** Who has how many of what, asked for in another order. */
export function inventory(random: Random): string {
  const owners = random.shuffle([...names]).slice(0, 2 + random.integer(3));
  const rows = owners.map((owner) => ({ owner, amount: 2 + random.integer(58), things: random.choose(nouns)[1] }));
  const [list, ask] = random.choose<readonly [(row: Row) => string, (row: Row) => string]>([
    [({ owner, amount, things }) => `${owner}: ${amount} ${things}.`, ({ owner, amount, things }) => `What did ${owner} bring? ${amount} ${things}.`],
    [({ owner, amount, things }) => `${amount} ${things} are with ${owner}.`, ({ owner, amount, things }) => `Who keeps ${things}? ${owner}. How many? ${amount}.`],
    [({ owner, amount, things }) => `${owner} brought ${amount} ${things}.`, ({ owner, amount, things }) => `Of ${things} ${owner} had ${amount}.`],
  ]);
  return [...rows.map(list), ...random.shuffle([...rows]).map(ask)].join(' ');
}

type Row = { readonly owner: string; readonly amount: number; readonly things: string };
