import { modelLabel, percent, whole } from '../labels.js';
import type { OwnFigure, PublishedBenchmark, PublishedFigure } from '../published.js';
import { numbers, type TableRow, texts } from '../table.js';
import type { Section } from './section.js';

/** What others have published, and what these runs gave, one table a benchmark. */
export function publishedSections(benchmarks: readonly PublishedBenchmark[]): Section[] {
  if (benchmarks.length === 0) return [];
  const introduction = 'Published figures are those of ID³ (arXiv 2408.14470); each row names its source. Models, data splits and training differ from ours, so read them as context, not as a target. Ours are means over those tasks of the benchmark that were run; runs on generated data are left out.';
  return [
    { title: 'Beside published figures', level: 2, paragraphs: [introduction] },
    ...benchmarks.map(({ name, tasks, published, ours }): Section => ({
      title: name,
      level: 3,
      paragraphs: [],
      table: {
        head: [...texts('Whose', 'Method', 'Model', 'Source'), ...numbers('Trained', 'Score')],
        rows: [...published.map(publishedRow), ...ours.map((figure) => ownRow(figure, tasks.length))],
      },
    })),
  ];
}

function publishedRow({ model, method, parameters, value, approximate, source }: PublishedFigure): TableRow {
  return { kind: 'published', cells: texts('published', method, model, source, whole(parameters), approximate ? `≈ ${percent(value)}` : (value * 100).toFixed(2)) };
}

function ownRow({ model, dataOrigin, row, parameters, value, tasks }: OwnFigure, all: number): TableRow {
  const of = all === 1 ? '' : `: ${tasks.length} of ${all} tasks (${tasks.join(', ')})`;
  return { kind: 'ours', cells: texts('ours', row, modelLabel(model), `${dataOrigin} data${of}`, whole(parameters), percent(value)) };
}
