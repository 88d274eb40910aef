import { bytes, columnLabel, duration, examplesLabel, modelLabel, percent, settingsLabel, short, whole } from '../labels.js';
import type { Cell, Column, Panel, Row } from '../report.js';
import { groupBy } from '../statistics.js';
import { type Heading, numbers, type Table, type TableCell, type TableRow, texts } from '../table.js';
import type { Section } from './section.js';

/** The main table of a panel. */
export function resultsSection(panel: Panel): Section {
  const { model, dataOrigin, columns, rows } = panel;
  const varied = rows.some(({ variant }) => Object.keys(variant).length > 0);
  const cells = rows.flatMap((row) => row.cells.filter((cell) => cell !== null));
  return {
    title: panelTitle(panel),
    level: 2,
    paragraphs: [
      `Scores in percent; the best of each column is bold. ${errorsExplained(cells)}`,
      ...(rows.some(({ cells: own }) => new Set(own.map((cell) => cell?.learningRate)).size > 1) || panel.rates.some(({ chosen }) => !chosen)
        ? ['Of several learning rates a row shows the one with the best mean over seeds, among those run with the most seeds. It was chosen on the examples that it is reported on, so scores are a little too high where many were tried.']
        : []),
      'Rank: mean over the tasks that a row was run on, 1 the best, ties share a rank. Updates: weights changed in a step, added up over the steps. Time is that of training, memory the highest of the process; these and all further columns are means over runs.',
      ...(varied ? ['Rows of the same method and budget have numbers; the last column has the settings in which they differ.'] : []),
      ...(dataOrigin === 'synthetic' ? ['The data are generated: these scores say nothing about the real tasks.'] : []),
      ...(dataOrigin === 'sample' ? ['The data are the first examples of each split, not the whole.'] : []),
    ],
    table: { head: headOf(columns, varied), rows: [majorityRow(columns, varied), ...rows.map((row) => rowOf(row, columns, modelLabel(model), dataOrigin, varied))] },
  };
}

/** What a panel is called. */
export const panelTitle = ({ model, dataOrigin }: Panel): string => `${modelLabel(model)} on ${dataOrigin} data`;

function errorsExplained(cells: readonly Cell[]): string {
  const over = (kind: Cell['errorOver']) => cells.some(({ errorOver }) => errorOver === kind);
  const [seeds, examples] = ['“s” after ±: standard deviation over seeds.', '“e” after ±: of one seed, the standard error over examples.'];
  return [over('seeds') ? seeds : '', over('examples') ? examples : ''].join(' ').trim();
}

function headOf(columns: readonly Column[], varied: boolean): Heading[] {
  const scores = columns.map((column): Heading => ({ text: columnLabel(column), detail: `${column.metric}, ${examplesLabel(column)}${ambiguous(column, columns) ? `, ${whole(column.trainExamples)} training rows` : ''}`, number: true }));
  return [...texts('Method'), ...scores, ...numbers('Rank', 'Trained', 'Updates', 'Time', 'Memory', 'Saved'), ...texts('Learning rate', 'Model', 'Data', 'Training rows', ...(varied ? ['Settings'] : []))];
}

/** Whether another column has the same name. */
const ambiguous = (column: Column, columns: readonly Column[]) => columns.filter((other) => columnLabel(other) === columnLabel(column)).length > 1;

function majorityRow(columns: readonly Column[], varied: boolean): TableRow {
  return { kind: 'baseline', cells: texts('majority answer', ...columns.map(({ majority }) => percent(majority)), '', '0', '0', '', '', '', '', '', '', '', ...(varied ? [''] : [])) };
}

function rowOf({ label, cells, averageRank, costs, variant }: Row, columns: readonly Column[], model: string, data: string, varied: boolean): TableRow {
  const run = columns.flatMap((column, index) => {
    const cell = cells[index];
    return cell ? [{ column, cell }] : [];
  });
  const ranking = columns.filter(({ ranks }) => ranks).length;
  const ranked = run.filter(({ column }) => column.ranks).length;
  return {
    cells: [
      ...texts(label),
      ...cells.map(scoreCell),
      { text: averageRank === null ? '' : averageRank.toFixed(2), ...(ranked < ranking ? { detail: `(${ranked} of ${ranking} tasks)` } : {}) },
      ...texts(whole(costs.trainedParameters), whole(costs.gradientUpdates), duration(costs.secondsTraining), `${whole(costs.peakMemoryMB)} MiB`, bytes(costs.deltaBytes)),
      ...texts(learningRates(run), model, data, span(run.map(({ column }) => column.trainExamples)), ...(varied ? [settingsLabel(variant)] : [])),
    ],
  };
}

/** A score with its error. */
function scoreCell(cell: Cell | null): TableCell {
  if (!cell) return { text: '–' };
  const error = cell.error === null ? {} : { detail: `± ${percent(cell.error)} ${cell.errorOver === 'seeds' ? 's' : 'e'}` };
  return { text: percent(cell.mean), strong: cell.best, ...error };
}

function span(values: readonly number[]): string {
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  return lowest === highest ? whole(lowest) : `${whole(lowest)} to ${whole(highest)}`;
}

/** The learning rate, or that of each task where they differ. */
function learningRates(run: readonly { column: Column; cell: Cell }[]): string {
  const distinct = [...new Set(run.map(({ cell }) => cell.learningRate))];
  return distinct.length === 1 ? short(distinct[0]) : [...new Set(run.map(({ column, cell }) => `${column.trainedAs} ${short(cell.learningRate)}`))].join(', ');
}

/** Every learning rate of the tasks and rows for which several were tried. */
export function ratesSection({ rates }: Panel): Section[] {
  const tried = [...groupBy(rates, ({ row, task, trainExamples }) => JSON.stringify([row, task, trainExamples])).values()].filter(({ length }) => length > 1).flat();
  if (tried.length === 0) return [];
  const table: Table = {
    head: [...texts('Method', 'Task'), ...numbers('Training rows', 'Learning rate', 'Seeds', 'Mean score')],
    rows: tried.map(({ row, task, trainExamples, learningRate, seeds, mean, chosen }) => ({
      cells: [...texts(row, task, whole(trainExamples), short(learningRate), seeds.join(' ')), { text: percent(mean), strong: chosen }],
    })),
  };
  return [{ title: 'Learning rates', level: 3, paragraphs: ['Where several were tried; the one in the table above is bold.'], table }];
}
