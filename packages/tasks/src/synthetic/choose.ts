import type { Random } from '@unmask/tensor-core';

/** One of `items`, each as likely. */
export function choose<T>(random: Random, items: readonly T[]): T {
  return items[random.integer(items.length)];
}

/** One of `items` that is not `taken`; there must be one. */
export function chooseOther<T>(random: Random, items: readonly T[], taken: T): T {
  return choose(random, items.filter((item) => item !== taken));
}

/** A sentence of these words: first letter large, full stop at the end. */
export function sentence(...words: readonly string[]): string {
  const text = words.filter((word) => word !== '').join(' ').replaceAll(' ,', ',');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
