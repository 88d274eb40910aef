import { didYouMean } from '@unmask/tensor-core';
import type { Row } from '../../row.js';
import type { Task } from '../../task.js';
import { classification, type ClassificationDefinition } from './classification.js';
import { chat, type ChatDefinition } from './conversations/chat.js';
import { preference, type PreferenceDefinition } from './conversations/preference.js';
import { embedding, type EmbeddingDefinition } from './embedding.js';
import { type Columns, type Form, isTextOrNull, isTexts, type Recognised, StoredFields } from './form.js';
import { generation, type GenerationDefinition } from './generation.js';
import { multilabel, type MultilabelDefinition } from './multilabel.js';
import { regression, type RegressionDefinition } from './regression.js';
import { tagging, type TaggingDefinition } from './tagging.js';
import { text, type TextDefinition } from './text.js';
import type { UserTask } from './user-task.js';

/** A task on a user's own data: all that it takes to read its rows and to put a model's answers into the user's words. */
export type TaskDefinition = 
  | ClassificationDefinition | RegressionDefinition | TaggingDefinition | GenerationDefinition
  | MultilabelDefinition | ChatDefinition | TextDefinition | EmbeddingDefinition | PreferenceDefinition;

/** A definition of one kind. */
export type DefinitionOf<Kind extends Task['kind']> = Extract<TaskDefinition, { readonly kind: Kind }>;

/** Every form of rows, by its kind, in the order in which rows are recognised. A new one is a file and a line here and in the type above. */
const FORMS: { readonly [Kind in Task['kind']]: Form<DefinitionOf<Kind>> } = { classification, regression, 'token-classification': tagging, generation, multilabel, preference, chat, embedding, text };

const KINDS = Object.keys(FORMS) as Task['kind'][];

/** The form of a kind. */
export const formOf = (kind: Task['kind']): Form<TaskDefinition> => FORMS[kind];

/** The form that a row is of, by its fields; undefined when it could be any. */
export function recognise(row: Row): (Recognised & { readonly kind: Task['kind'] }) | undefined {
  for (const { kind, recognise: look } of Object.values<Form<TaskDefinition>>(FORMS)) {
    const found = look?.(row);
    if (found) return { kind, ...found };
  }
  return undefined;
}

/** What users call the kinds of tasks, in options and messages. */
export const kindWords = Object.fromEntries(Object.values(FORMS).map(({ kind, word }) => [kind, word])) as Readonly<Record<Task['kind'], string>>;

/** The task that a definition describes. @param name for results */
export const userTask = (name: string, definition: TaskDefinition): UserTask => formOf(definition.kind).task(name, definition);

/**
 * Checks a definition that was read from JSON.
 * @throws UnmaskError `bad-file` naming the field
 */
export function parseDefinition(value: unknown): TaskDefinition {
  const fields = new StoredFields(value);
  const { kind: given } = (value ?? {}) as { readonly kind?: unknown };
  const kind = fields.read('kind', isKind, `one of ${KINDS.join(', ')}${typeof given === 'string' ? didYouMean(given, KINDS) : ''}`);
  const texts = fields.read('texts', isTexts, 'the names of columns');
  const label = fields.read('label', isTextOrNull, 'the name of a column, or null');
  return formOf(kind).parse({ texts, label } satisfies Columns, fields);
}

const isKind = (value: unknown): value is Task['kind'] => KINDS.includes(value as Task['kind']);
