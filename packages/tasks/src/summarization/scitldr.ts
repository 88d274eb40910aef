import { instructionPrompt } from '../prompt.js';
import { isText, listOf, RowError, textOf } from '../row.js';
import { synthesizeReport } from '../synthetic/report.js';
import type { GenerationTask } from '../task.js';
import { summary } from './summary.js';

/** SciTLDR: abstracts of papers and summaries of one sentence, a paper with one or more of them. */
export const scitldr: GenerationTask = {
  ...summary,
  name: 'scitldr',
  evaluationSplits: ['validation'],
  read: (row) => {
    const references = listOf(row, 'references', isText, 'summaries');
    if (references.length === 0) throw new RowError('has no summaries in field "references"; give at least one');
    return { prompt: instructionPrompt('Summarize the abstract in one sentence.', textOf(row, 'document')), target: textOf(row, 'summary'), label: references };
  },
  synthesize: (random) => {
    const { text, summary } = synthesizeReport(random);
    return { document: text, summary, references: [summary] };
  },
};
