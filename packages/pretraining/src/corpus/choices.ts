import type { Random } from '@unmask/tensor-core';
import { adjectives, names, nouns } from './words.js';

const LETTERS = ['A', 'B', 'C', 'D', 'E'];

/** A lettered list of numbers or words, and then what some of the letters stand for. */
export function letteredList(random: Random): string {
  const first = 1 + random.integer(50);
  const items = random.choose<() => string[]>([
    () => LETTERS.map((_, index) => String(first + index)),
    () => random.shuffle([...random.choose([names, adjectives, nouns.map(([, plural]) => plural)])]),
  ])();
  const told = random.shuffle([...LETTERS.keys()]).slice(0, 1 + random.integer(4));
  const tell = random.choose<(letter: string, item: string) => string>([(letter, item) => `(${letter}) is ${item}.`, (letter, item) => `Under (${letter}) stands ${item}.`]);
  return [...LETTERS.map((letter, index) => `(${letter}) ${items[index]}`), ...told.map((index) => tell(LETTERS[index], items[index]))].join(' ');
}
