import { type Row, RowError } from '../../../row.js';
import type { Message } from '../../../task.js';
import { filled } from '../prompt-template.js';
import { filledText, isEmpty, textIn } from '../values.js';
import { turnsIn, withSystem } from './turns.js';

/** How the rows of a file hold conversations. */
export type ChatShape = 'messages' | 'conversations' | 'instruction' | 'prompt' | 'template';

/** What it takes to read a conversation. */
export interface ChatColumns {
  readonly shape: ChatShape;
  /** Of `template`: what the user says, columns in braces. */
  readonly prompt: string | null;
  /** Of `template`: the column of the answer. */
  readonly label: string | null;
}

/** A shape by the fields that a row of it has; the first that fits is taken. */
const FIELDS: readonly (readonly [ChatShape, readonly string[]])[] = [
  ['messages', ['messages']],
  ['conversations', ['conversations']],
  ['instruction', ['instruction', 'output']],
  ['prompt', ['prompt', 'completion']],
];

/** The shape of a row's conversation, and its fields; undefined when it has none. */
export function shapeOf(row: Row): { readonly shape: ChatShape; readonly fields: readonly string[] } | undefined {
  const found = FIELDS.find(([, fields]) => fields.every((field) => row.has(field)));
  return found && { shape: found[0], fields: found[1] };
}

/** The fields that a row can have a conversation in, for messages. */
export const CHAT_FIELDS = FIELDS.map(([, fields]) => fields.map((field) => `"${field}"`).join(' and ')).join(', or ');

/** The conversation of a row, the answer that is to be learned last. @throws RowError */
export function conversationIn(columns: ChatColumns, row: Row): readonly Message[] {
  const turns = withSystem(row, turnsOf(columns, row));
  if (turns.at(-1)?.role !== 'assistant') throw new RowError(`ends with a turn of ${String(turns.at(-1)?.role)}; end it with the answer of the assistant`);
  return turns;
}

function turnsOf(columns: ChatColumns, row: Row): readonly Message[] {
  switch (columns.shape) {
    case 'messages':
    case 'conversations':
      return turnsIn(row, columns.shape);
    case 'instruction':
      return [...questionIn(columns, row), { role: 'assistant', content: filledText(row, 'output') }];
    case 'prompt':
      return [...questionIn(columns, row), ...(isText(row, 'completion') ? [{ role: 'assistant', content: filledText(row, 'completion') }] : turnsIn(row, 'completion'))];
    case 'template':
      return [...questionIn(columns, row), { role: 'assistant', content: filledText(row, columns.label!) }];
  }
}

/** What is asked in a row, without an answer at the end. @throws RowError */
export function questionIn({ shape, prompt }: ChatColumns, row: Row): readonly Message[] {
  switch (shape) {
    case 'messages':
    case 'conversations': {
      if (!row.has(shape) && row.has('prompt')) return [{ role: 'user', content: filledText(row, 'prompt') }];
      const turns = withSystem(row, turnsIn(row, shape));
      return turns.at(-1)?.role === 'assistant' ? turns.slice(0, -1) : turns;
    }
    case 'instruction': {
      if (!row.has('instruction') && row.has('prompt')) return [{ role: 'user', content: filledText(row, 'prompt') }];
      const input = row.has('input') && !isEmpty(row, 'input') ? textIn(row, 'input') : '';
      return [{ role: 'user', content: input === '' ? filledText(row, 'instruction') : `${filledText(row, 'instruction')}\n\n${input}` }];
    }
    case 'prompt':
      return isText(row, 'prompt') ? [{ role: 'user', content: filledText(row, 'prompt') }] : turnsIn(row, 'prompt');
    case 'template':
      return [{ role: 'user', content: filled(prompt!, row) }];
  }
}

/** Whether a field holds a text, and no list of turns. @throws RowError when the row has no such field */
export function isText(row: Row, field: string): boolean {
  const text = textIn(row, field).trim();
  return !text.startsWith('[') && !text.startsWith('{');
}
