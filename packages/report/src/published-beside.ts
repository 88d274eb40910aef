import { BENCHMARKS, type OwnFigure, type PublishedBenchmark } from './published.js';
import type { Panel } from './report.js';
import { mean } from './statistics.js';

/** The benchmarks that panels measure on real data, each with the panels' rows. Generated data are comparable with nothing. */
export function publishedBeside(panels: readonly Panel[]): PublishedBenchmark[] {
  return BENCHMARKS.map((benchmark) => ({
    ...benchmark,
    ours: panels.filter(({ dataOrigin }) => dataOrigin !== 'synthetic').flatMap((panel) => ownFigures(panel, benchmark.tasks)),
  })).filter(({ ours }) => ours.length > 0);
}

function ownFigures({ model, dataOrigin, columns, rows }: Panel, tasks: readonly string[]): OwnFigure[] {
  return rows.flatMap(({ label, cells }) => {
    const own = columns.flatMap(({ task, ranks }, index) => {
      const cell = cells[index];
      return cell && ranks && tasks.includes(task) ? [{ task, cell }] : [];
    });
    if (own.length === 0) return [];
    return [{
      model,
      dataOrigin,
      row: label,
      parameters: mean(own.map(({ cell }) => cell.costs.trainedParameters)),
      value: mean(own.map(({ cell }) => cell.mean)),
      tasks: own.map(({ task }) => task),
    }];
  });
}
