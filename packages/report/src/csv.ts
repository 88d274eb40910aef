import { printable } from '@unmask/tensor-core';
import type { Report } from './report.js';

const COLUMNS = [
  'model', 'data', 'task', 'split', 'metric', 'examples', 'training_rows', 'method', 'budget', 'settings', 'learning_rate', 'seeds',
  'mean', 'error', 'error_over', 'best', 'majority', 'average_rank',
  'trained_parameters', 'gradient_updates', 'seconds_training', 'peak_memory_mb', 'delta_bytes',
] as const;

/** A line for each row and column of the main tables that has a value; scores are fractions. */
export function reportCsv({ panels }: Report): string {
  const lines = panels.flatMap(({ model, dataOrigin, columns, rows }) =>
    rows.flatMap(({ method, budget, variant, averageRank, cells }) =>
      columns.flatMap((column, index): (string | number | boolean | null)[][] => {
        const cell = cells[index];
        if (!cell) return [];
        const { trainedParameters, gradientUpdates, secondsTraining, peakMemoryMB, deltaBytes } = cell.costs;
        return [[
          model, dataOrigin, column.task, column.split, column.metric, column.examples, column.trainExamples,
          method, budget, Object.keys(variant).length === 0 ? null : JSON.stringify(variant), cell.learningRate, cell.seeds.join(' '),
          cell.mean, cell.error, cell.errorOver, cell.best, column.majority, averageRank,
          trainedParameters, gradientUpdates, secondsTraining, peakMemoryMB, deltaBytes,
        ]];
      }),
    ),
  );
  return [COLUMNS, ...lines].map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

/** A field as RFC 4180 has it; text that a spreadsheet would take for a formula is kept from that by an apostrophe, and characters that act on a terminal are written out. */
function field(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = `${/^[=+\-@\t\r]/.test(value) ? "'" : ''}${printable(value)}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
