import { UnmaskError } from '@unmask/tensor-core';
import type { ConfigReader } from '../config.js';

/** A step of a tokenizer. */
export interface Step<From, To> {
  readonly run: (input: From) => To;
  /** How many times longer it may make a text, at the worst; 1 by default. */
  readonly growth?: number;
}

/** How the settings of each kind of step are read, by its name in tokenizer.json. */
export type Kinds<From, To> = Readonly<Record<string, (settings: ConfigReader) => Step<From, To>>>;

/** Most characters of a text that a step puts in. */
export const INSERTED = 64;

/** How many times longer all steps together may make a text, at the worst. */
const GROWTH = 4096;

/**
 * Reads a part of tokenizer.json that is a step or a sequence of steps.
 * @param part its field, absent for none @param children the field that holds the steps of a sequence
 * @throws UnmaskError naming a kind or setting that is not supported, or when the steps may make a text too long
 */
export function readSteps<From, To>(definition: ConfigReader, part: string, children: string, kinds: Kinds<From, To>): Step<From, To>[] {
  const steps = definition.has(part) ? stepsOf(definition.section(part), children, kinds) : [];
  const growth = steps.reduce((product, step) => product * (step.growth ?? 1), 1);
  if (growth <= GROWTH) return steps;
  throw new UnmaskError(`tokenizer.json: the steps of "${part}" may make a text ${growth} times longer, at most ${GROWTH} is allowed`, { code: 'bad-file' });
}

function stepsOf<From, To>(settings: ConfigReader, children: string, kinds: Kinds<From, To>): Step<From, To>[] {
  const type = settings.choice('type', [...Object.keys(kinds), 'Sequence']);
  return type === 'Sequence' ? settings.sections(children).flatMap((child) => stepsOf(child, children, kinds)) : [kinds[type](settings)];
}

/** A setting that is one character. */
export function readCharacter(settings: ConfigReader, name: string): string {
  const text = settings.text(name, 2);
  return [...text].length === 1 ? text : settings.fail(name, 'one character');
}
