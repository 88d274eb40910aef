import { Random, UnmaskError } from '@unmask/tensor-core';
import type { Example } from '../task.js';

/** Labelled rows in two parts that share no input. */
export interface Parts {
  readonly train: readonly Example[];
  readonly heldOut: readonly Example[];
}

/**
 * Holds out a share of the rows, drawn by the seed, to measure a model on. Of each class the same share is held out; rows
 * with the same input stay together, so that a model is measured on none that it was trained on.
 * @param share above 0 and below 1
 * @throws UnmaskError when there are too few rows to hold any out
 */
export function holdOutRows(examples: readonly Example[], share: number, seed: number): Parts {
  const random = new Random(seed).fork('hold-out');
  const heldOut = new Set<Example>();
  let passed = 0;
  for (const groups of strata(examples)) {
    const [kept, ...others] = random.shuffle(groups); // a class that is never trained on cannot be learned
    passed += kept.length;
    for (const group of others) {
      passed += group.length;
      if (heldOut.size + group.length <= Math.round(share * passed)) group.forEach((example) => heldOut.add(example));
    }
  }
  if (heldOut.size === 0) {
    throw new UnmaskError(`a share of ${share} of ${examples.length} rows to hold out leaves ${heldOut.size} to measure on: give more rows, another share, or a file of their own`);
  }
  const [train, held] = [false, true].map((isHeld) => examples.filter((example) => heldOut.has(example) === isHeld));
  return { train, heldOut: held };
}

/** The rows with an input that none of the others has. */
export function withoutInputs(rows: readonly Example[], others: readonly Example[]): Example[] {
  const known = new Set(others.map(inputOf));
  return rows.filter((row) => !known.has(inputOf(row)));
}

/** Groups of rows with the same input, by the class of their first row. */
function strata(examples: readonly Example[]): Example[][][] {
  const groups = new Map<string, Example[]>();
  for (const example of examples) {
    const input = inputOf(example);
    const group = groups.get(input);
    if (group) group.push(example);
    else groups.set(input, [example]);
  }
  const classes = new Map<number | undefined, Example[][]>();
  for (const group of groups.values()) {
    const [{ label }] = group;
    const id = typeof label === 'number' && Number.isInteger(label) ? label : undefined;
    classes.set(id, [...(classes.get(id) ?? []), group]);
  }
  return [...classes.values()];
}

/** What a model is shown of a row, as a key. */
function inputOf(example: Example): string {
  if ('words' in example) return example.words.join(' ');
  if ('text' in example) return example.text;
  if ('messages' in example) return JSON.stringify(example.messages.slice(0, -1));
  if ('texts' in example) return JSON.stringify(example.texts);
  return typeof example.prompt === 'string' ? example.prompt : JSON.stringify(example.prompt);
}
