import { UnmaskError } from '@unmask/tensor-core';
import { languageMetrics } from '../../../metrics/language.js';
import type { Row } from '../../../row.js';
import type { ChatTask, Message } from '../../../task.js';
import { type Columns, type Form, isPositive, isTextOrNull, labelOf } from '../form.js';
import { columnsOf } from '../prompt-template.js';
import type { UserTask } from '../user-task.js';
import { CHAT_FIELDS, type ChatColumns, type ChatShape, conversationIn, questionIn, shapeOf } from './shapes.js';
import { toolsOf } from './turns.js';

/** Conversations, whose answers a model learns. */
export interface ChatDefinition extends Columns, ChatColumns {
  readonly kind: 'chat';
  /** A chat template in Jinja; null for the model's own, or where it has none the standard one. */
  readonly chatTemplate: string | null;
  /** Tokens after which an answer is cut off. */
  readonly maxNewTokens: number;
}

/** Tokens after which an answer is cut off, where nobody says: more than a completion takes. */
const MAX_NEW_TOKENS = 256;

/** Conversations and instructions in any of the usual shapes. */
export const chat: Form<ChatDefinition> = {
  kind: 'chat',
  word: 'chat',
  recognise: (row) => {
    const found = shapeOf(row);
    return found && { because: `its rows have ${found.fields.map((field) => `"${field}"`).join(' and ')}`, columns: { texts: [], label: null } };
  },
  define(columns, each, { prompt, chatTemplate = null, maxNewTokens = MAX_NEW_TOKENS }) {
    const known = prompt === undefined ? { shape: shapeIn(each), prompt: null, label: null, texts: [] } : { shape: 'template' as const, prompt, label: labelOf(columns, 'answers'), texts: columnsOf(prompt) };
    each((row) => conversationIn(known, row));
    return { ...known, kind: 'chat', chatTemplate, maxNewTokens };
  },
  parse: ({ texts, label }, fields) => ({
    kind: 'chat',
    texts,
    label,
    shape: fields.read('shape', isShape, `one of ${SHAPES.join(', ')}`),
    prompt: fields.read('prompt', isTextOrNull, 'a text, or null'),
    chatTemplate: fields.read('chatTemplate', isTextOrNull, 'a text, or null'),
    maxNewTokens: fields.read('maxNewTokens', isPositive, 'a whole number from 1 up'),
  }),
  task: (name, definition): UserTask<ChatTask> => ({
    task: { name, kind: 'chat', evaluationSplits: ['validation'], metrics: languageMetrics, primaryMetric: 'tokenProbability', baseline: 'untrained', maxNewTokens: definition.maxNewTokens, chatTemplate: definition.chatTemplate },
    inputs: definition.shape === 'template' ? definition.texts : ['prompt'],
    example: (row) => exampleOf(conversationIn(definition, row), row),
    input: (row) => exampleOf(questionIn(definition, row), row),
    readable: (answer) => answer as string,
  }),
};

const SHAPES: readonly ChatShape[] = ['messages', 'conversations', 'instruction', 'prompt', 'template'];
const isShape = (value: unknown): value is ChatShape => SHAPES.includes(value as ChatShape);

/** The shape that the first row has. @throws UnmaskError when it has none */
function shapeIn(each: <T>(use: (row: Row) => T) => readonly T[]): ChatShape {
  const [first] = each((row) => ({ found: shapeOf(row), names: [...row.keys()] }));
  if (first.found) return first.found.shape;
  throw new UnmaskError(`conversations are in the fields ${CHAT_FIELDS}, and the rows have ${first.names.join(', ')}: rename them, or say what the user asks by --template '… {column} …' and what is answered by --label`, { code: 'bad-data' });
}

function exampleOf(messages: readonly Message[], row: Row) {
  const tools = toolsOf(row);
  return { messages, ...(tools && { tools }), label: 0 };
}
