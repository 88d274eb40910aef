import { didYouMean } from '@unmask/tensor-core';
import type { Task } from '../../task.js';
import { classification, type ClassificationDefinition } from './classification.js';
import { type Columns, type Form, isTexts, StoredFields } from './form.js';
import { generation, type GenerationDefinition } from './generation.js';
import { regression, type RegressionDefinition } from './regression.js';
import { tagging, type TaggingDefinition } from './tagging.js';
import type { UserTask } from './user-task.js';

/** A task on a user's own data: all that it takes to read its rows and to put a model's answers into the user's words. */
export type TaskDefinition = ClassificationDefinition | RegressionDefinition | TaggingDefinition | GenerationDefinition;

/** A definition of one kind. */
export type DefinitionOf<Kind extends Task['kind']> = Extract<TaskDefinition, { readonly kind: Kind }>;

/** Every form of rows, by its kind. A new one is a file and a line here and in the type above. */
const FORMS: { readonly [Kind in Task['kind']]: Form<DefinitionOf<Kind>> } = { classification, regression, 'token-classification': tagging, generation };

const KINDS = Object.keys(FORMS) as Task['kind'][];

/** The form of a kind. */
export const formOf = (kind: Task['kind']): Form<TaskDefinition> => FORMS[kind];

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
  const kind = fields.read('kind', isKind, `one of ${KINDS.join(', ')}${didYouMean(String(given), KINDS)}`);
  const texts = fields.read('texts', isTexts, 'the names of columns');
  const label = fields.read('label', isLabelColumn, 'the name of a column, or null');
  return formOf(kind).parse({ texts, label } satisfies Columns, fields);
}

const isKind = (value: unknown): value is Task['kind'] => KINDS.includes(value as Task['kind']);
const isLabelColumn = (value: unknown): value is string | null => typeof value === 'string' || value === null;
