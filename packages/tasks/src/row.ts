import type { Example, Task, Texts } from './task.js';

/** What is wrong with a row and how to mend it; the reader adds file and line. */
export class RowError extends Error {}

/** Reads one line of a data file. @throws RowError when it is not a row of the task */
export function parseRow(task: Task, bytes: Uint8Array): Example {
  return exampleOf(task, parseObject(decode(bytes)));
}

/** The example that a row, its values by field, holds. @throws RowError when it is not a row of the task */
export function exampleOf(task: Task, row: Readonly<Record<string, unknown>>): Example {
  const texts = task.fields.map((field) => textOf(row, field)) as unknown as Texts; // as many texts as fields
  return { texts, label: labelOf(task, row.label) };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RowError('is not valid UTF-8; save the file as UTF-8');
  }
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RowError('is not valid JSON; write one JSON object a line, and no blank lines');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RowError(`holds ${describe(value)}; write one JSON object a line`);
  }
  return value as Record<string, unknown>;
}

function textOf(row: Readonly<Record<string, unknown>>, field: string): string {
  const value = row[field];
  if (value === undefined) throw new RowError(`has no field "${field}"; its fields are ${Object.keys(row).join(', ') || 'none'}`);
  if (typeof value !== 'string') throw new RowError(`has ${describe(value)} in field "${field}"; give a string`);
  return value;
}

function labelOf(task: Task, label: unknown): number {
  if (label === undefined) throw new RowError(`has no field "label"; give ${allowedLabels(task)}`);
  const [lowest, highest] = task.kind === 'regression' ? task.labelRange : [0, task.labels.length - 1];
  const fits = typeof label === 'number' && label >= lowest && label <= highest && (task.kind === 'regression' || Number.isInteger(label));
  if (!fits) {
    const unlabelled = label === -1 ? ' (-1 marks unlabelled rows, which cannot be used here)' : '';
    throw new RowError(`has label ${describe(label)}${unlabelled}; give ${allowedLabels(task)}`);
  }
  return label;
}

function allowedLabels(task: Task): string {
  return task.kind === 'regression'
    ? `a number from ${task.labelRange[0]} to ${task.labelRange[1]}`
    : task.labels.map((name, id) => `${id} (${name})`).join(' or ');
}

/** A value as an error shows it: short, and on one line. */
function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
