import { printable } from '@unmask/tensor-core';
import type { ModelEvaluation, TrainingResult } from '@unmask/trainer';
import Table from 'cli-table3';

const COLUMNS = ['task', 'method', 'lr', 'seed', 'unmasked', 'updates', 'metric', 'value', 'time', 'ex/s', 'peak MB', 'data'];

/** No lines between rows. */
const NO_LINES = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };

const number = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 0 });

/** Columns that a narrow terminal has no room for, the least important first. */
const DISPENSABLE = ['data', 'peak MB', 'ex/s', 'updates', 'seed', 'lr', 'time', 'unmasked'];

/**
 * The results as a table for people: by task, the majority baseline first, values in percent.
 * @param width characters of a line, for which columns are left out; Infinity for all of them
 */
export function resultsTable(results: readonly TrainingResult[], width: number = process.stdout.columns || Infinity): string {
  const rows = rowsOf(results);
  for (let left = 0; ; left++) {
    const shown = COLUMNS.flatMap((name, column) => (DISPENSABLE.slice(0, left).includes(name) ? [] : [column]));
    const table = new Table({ head: shown.map((column) => COLUMNS[column]), colAligns: shown.map((column) => (LEFT.includes(COLUMNS[column]) ? 'left' : 'right')), style: { head: [], border: [] }, chars: NO_LINES });
    table.push(...rows.map((row) => shown.map((column) => row[column])));
    const text = table.toString();
    if (text.indexOf('\n') <= width || left === DISPENSABLE.length) return text;
  }
}

/** Columns whose texts stand at the left. */
const LEFT = ['task', 'method', 'metric', 'data'];

function rowsOf(results: readonly TrainingResult[]): string[][] {
  const table: string[][] = [];
  for (const task of new Set(results.map((result) => result.task))) {
    const rows = results.filter((result) => result.task === task);
    const { primaryMetric, majorityValue, dataOrigin } = rows[0];
    table.push([printable(task), rows[0].scores[0].before ? 'untrained' : 'majority', '', '', '0', '0', primaryMetric, percent(majorityValue), '', '', '', dataOrigin]);
    for (const row of rows) {
      table.push([
        printable(task),
        row.method,
        String(row.learningRate),
        String(row.seed),
        number(row.unmaskedEntries),
        number(row.gradientUpdates),
        row.primaryMetric,
        percent(row.primaryValue),
        `${row.secondsTraining.toFixed(1)} s`,
        number(row.examplesPerSecond),
        number(row.peakMemoryMB),
        row.dataOrigin,
      ]);
    }
  }
  return table;
}

/** The metrics of a model with their standard errors and, of classes, how often each was taken for which. */
export function evaluationTable({ examples, metrics, standardErrors, confusion }: ModelEvaluation): string {
  const measured = plainTable(['metric', 'value', '± standard error'], Object.entries(metrics).map(([name, value]) => [name, value.toFixed(4), standardErrors[name]?.toFixed(4) ?? '–']));
  const confused = confusion && plainTable(['class', ...confusion.labels.map((label) => `→ ${label}`)], [...confusion.labels, ...confusion.unseen].map((label, truth) => [label, ...confusion.counts[truth].map(number)]));
  return [`${number(examples)} rows`, measured, ...(confused === undefined ? [] : [confused])].join('\n');
}

/** A table for people: the first column to the left, others to the right. */
export function plainTable(head: readonly string[], rows: readonly (readonly string[])[], left = 1): string {
  const table = new Table({ head: head.map((name) => printable(name)), colAligns: head.map((_, column) => (column < left ? 'left' : 'right')), style: { head: [], border: [] }, chars: NO_LINES });
  table.push(...rows.map((row) => row.map((cell) => printable(cell))));
  return table.toString();
}

const percent = (value: number) => (value * 100).toFixed(2);
