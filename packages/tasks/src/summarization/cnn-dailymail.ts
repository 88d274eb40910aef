import { instructionPrompt } from '../prompt.js';
import { textOf } from '../row.js';
import { synthesizeReport } from '../synthetic/report.js';
import type { GenerationTask } from '../task.js';
import { summary } from './summary.js';

/** CNN/DailyMail: news articles and their highlights. */
export const cnnDailymail: GenerationTask = {
  ...summary,
  name: 'cnn_dailymail',
  evaluationSplits: ['validation', 'test'],
  read: (row) => {
    const highlights = textOf(row, 'highlights');
    return { prompt: instructionPrompt('Summarize the article.', textOf(row, 'article')), target: highlights, label: [highlights] };
  },
  synthesize: (random) => {
    const { text, summary: highlights } = synthesizeReport(random);
    return { article: text, highlights };
  },
};
