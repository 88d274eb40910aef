import type { TaskDefinition } from '@unmask/tasks';
import { printable } from '@unmask/tensor-core';
import type { TrainingResult } from '../result.js';
import type { Confusion } from './confusion.js';

/** A short report on a training, in Markdown: what was trained, how good it is, how to use it. */
export function trainingReport(result: TrainingResult, definition: TaskDefinition, folder: string, confusion?: Confusion): string {
  const { method, budget, steps, trainExamples, evaluationExamples, metrics, standardErrors, primaryMetric, majorityValue } = result;
  const number = (value: number) => value.toLocaleString('en');
  const share = (100 * result.trainedParameters) / result.totalParameters;
  const { before } = result.scores[0];
  const compared = (name: string) => before?.[name] ?? (name === primaryMetric ? majorityValue : undefined);
  const rows = Object.entries(metrics).map(([name, value]) => `| ${name} | ${value.toFixed(4)} | ${standardErrors[name]?.toFixed(4) ?? '–'} | ${compared(name)?.toFixed(4) ?? ''} |`);
  return `${[
    `# ${escaped(result.task)}`,
    `${KINDS[definition.kind]}, trained from \`${result.model}\` by \`${method}\`${budget === null ? '' : ` with a budget of ${number(budget)} entries`}: ${number(result.trainedParameters)} of ${number(result.totalParameters)} parameters (${share.toFixed(3)} %), ${number(steps)} steps over ${number(trainExamples)} rows, learning rate ${result.learningRate}, seed ${result.seed}, ${result.secondsTraining.toFixed(0)} s.`,
    `The rows are from \`${result.data.replace(/#\w+$/, '')}\`.`,
    `On ${number(evaluationExamples)} rows that it was not trained on:`,
    [`| metric | value | standard error | ${before ? 'before training' : 'without a model'} |`, '| --- | --: | --: | --: |', ...rows].join('\n'),
    ...(before ? [] : [`"Without a model" is the figure of ${definition.kind === 'regression' ? 'always answering the mean score' : 'the most frequent answer'} of the training rows.`]),
    ...(confusion ? [confusionTable(confusion)] : []),
    `\`\`\`sh\nunmask predict --model ${shellWord(folder)} --data new.csv --out predictions.csv\n\`\`\``,
  ].join('\n\n')}\n`;
}

const KINDS: Readonly<Record<TaskDefinition['kind'], string>> = {
  classification: 'A classifier',
  regression: 'A model that scores texts',
  'token-classification': 'A model that tags words',
  generation: 'A model that completes prompts',
  multilabel: 'A model that gives any number of labels',
  chat: 'A model that answers in conversations',
  text: 'A language model that read on',
  embedding: 'A model that makes vectors of texts',
  preference: 'A model that learned which answers are preferred',
};

/** Most classes of a table that can be read. */
const WIDEST = 20;

function confusionTable({ labels, unseen, counts }: Confusion): string {
  if (counts.length > WIDEST) return `There are ${labels.length} classes, too many for a table of which was taken for which.`;
  const rows = [...labels, ...unseen].map((label, truth) => `| ${escaped(label)} | ${counts[truth].join(' | ')} |`);
  return ['How often each class (row) was taken for which (column):', '', `| | ${labels.map(escaped).join(' | ')} |`, `| --- |${' --: |'.repeat(labels.length)}`, ...rows].join('\n');
}

/** A user's text as Markdown shows it. */
const escaped = (text: string) => printable(text).replace(/[\\`*_[\]<>#|]/g, '\\$&');

/** A word as a shell takes it for one. */
export const shellWord = (word: string): string => (/^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`);
