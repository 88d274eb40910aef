import type { Task } from '@unmask/tasks';
import { embedding } from './embedding/index.js';
import type { Form } from './form.js';
import { generation } from './generation.js';
import { classification, regression, tokenClassification } from './labelled.js';
import { chat } from './language/chat.js';
import { text } from './language/text.js';
import { multilabel } from './multilabel.js';
import { preference } from './preference/index.js';

/** How each kind of task is trained and used. A new one is a folder or a file and a line here. */
const FORMS: { readonly [Kind in Task['kind']]: Form<Extract<Task, { readonly kind: Kind }>> } = {
  classification, regression, 'token-classification': tokenClassification, generation, multilabel, chat, text, embedding, preference,
};

/** How a task is trained and used. */
export const formOf = <T extends Task>({ kind }: T): Form<T> => FORMS[kind] as unknown as Form<T>; // that of its own kind
