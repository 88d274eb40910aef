import { oneOf } from './choice.js';
import { encodingNames } from '@unmask/tasks';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** A comma-separated list. */
export function list(text: string): string[] {
  const items = text.split(',').map((item) => item.trim()).filter((item) => item !== '');
  if (items.length === 0) throw new InvalidArgumentError('give one or more names, separated by commas');
  return items;
}

/** A whole number from `minimum` up. */
export function integer(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < minimum) throw new InvalidArgumentError(`give a whole number from ${minimum} up`);
    return value;
  };
}

/** Whole numbers from `minimum` up, separated by commas. */
export function integers(minimum: number): (text: string) => number[] {
  return (text) => list(text).map(integer(minimum));
}

/** A number from `minimum` to `maximum`. */
export function number(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (!(value >= minimum && value <= maximum)) throw new InvalidArgumentError(`give a number from ${minimum} to ${maximum}`);
    return value;
  };
}

/** A number above zero. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('give numbers above 0, like 1e-3');
  return value;
}

/** Numbers above zero, separated by commas. */
export function positiveNumbers(text: string): number[] {
  return list(text).map(positiveNumber);
}

/** A share, above 0 and below 1. */
export function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('give a share above 0 and below 1, like 0.1');
  return value;
}

/** Adds the options that say how a file of rows is written. */
export function addFileOptions(command: Command): Command {
  return command
    .option('--delimiter <character>', "what stands between the cells of separated values; default: as the first line shows, in .tsv a tab")
    .addOption(oneOf(new Option('--encoding <name>', 'how text files are written; default: as their first bytes show, else utf-8'), [...encodingNames]));
}

/** A probability for all, or `name=probability` for some, separated by commas. */
export function threshold(text: string): number | Readonly<Record<string, number>> {
  if (!text.includes('=')) return share(text);
  return Object.fromEntries(list(text).map((item) => [item.slice(0, item.lastIndexOf('=')), share(item.slice(item.lastIndexOf('=') + 1))]));
}

/** A JSON object. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // the same advice
  }
  throw new InvalidArgumentError('give a JSON object, like {"r": 4}');
}
