import { languageMetrics } from '../../metrics/language.js';
import type { Row } from '../../row.js';
import type { TextTask } from '../../task.js';
import { type Columns, type Form, isTextOrNull } from './form.js';
import { columnsOf, filled } from './prompt-template.js';
import type { UserTask } from './user-task.js';
import { filledText, isEmpty } from './values.js';

/** Plain text, to go on with the training of a language model. */
export interface TextDefinition extends Columns {
  readonly kind: 'text';
  /** The column of the text; none where a template makes it. */
  readonly texts: readonly string[];
  readonly label: null;
  /** A text with columns in braces; null where a column holds the text. */
  readonly prompt: string | null;
}

/** The column of the text where nobody names one: that of .txt and .md files, too. */
const TEXT = 'text';

/** Texts without an answer: a model is trained on all of their tokens. */
export const text: Form<TextDefinition> = {
  kind: 'text',
  word: 'text',
  recognise: (row) => (row.size === 1 && row.has(TEXT) ? { because: `its rows have "${TEXT}" and nothing else`, columns: { texts: [TEXT], label: null } } : undefined),
  define({ texts }, each, { prompt = null }) {
    const known = { kind: 'text', texts: prompt === null ? [texts[0] ?? TEXT] : [], label: null, prompt } as const;
    each((row) => read(known, row));
    return known;
  },
  parse: ({ texts }, fields) => ({ kind: 'text', texts, label: null, prompt: fields.read('prompt', isTextOrNull, 'a text, or null') }),
  task: (name, definition): UserTask<TextTask> => ({
    task: { name, kind: 'text', evaluationSplits: ['validation'], metrics: languageMetrics, primaryMetric: 'tokenProbability', baseline: 'untrained' },
    inputs: definition.prompt === null ? definition.texts : columnsOf(definition.prompt),
    example: (row) => ({ text: read(definition, row), label: 0 }),
    input: (row) => (definition.texts.some((column) => isEmpty(row, column)) ? undefined : { text: read(definition, row), label: 0 }),
    readable: (answer) => answer as string,
  }),
};

/** The text of a row. @throws RowError */
const read = ({ texts: [column], prompt }: Pick<TextDefinition, 'texts' | 'prompt'>, row: Row): string => (prompt === null ? filledText(row, column) : filled(prompt, row));
