import { instructionPrompt } from '../prompt.js';
import { textOf } from '../row.js';
import { synthesizeReport } from '../synthetic/report.js';
import type { GenerationTask } from '../task.js';
import { summary } from './summary.js';

/** Fields of further summaries, which only test rows have. */
const FURTHER = ['summary2', 'summary3'];

/** DialogSum: conversations and what was said in them; test rows have three summaries. */
export const dialogsum: GenerationTask = {
  ...summary,
  name: 'dialogsum',
  evaluationSplits: ['validation', 'test'],
  read: (row) => {
    const target = textOf(row, 'summary');
    const further = FURTHER.filter((field) => row.get(field) !== undefined).map((field) => textOf(row, field));
    return { prompt: instructionPrompt('Summarize the conversation.', textOf(row, 'dialogue')), target, label: [target, ...further] };
  },
  synthesize: (random) => {
    const { text, summary } = synthesizeReport(random);
    return { dialogue: text, summary };
  },
};
