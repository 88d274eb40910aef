import type { Row } from '../row.js';
import type { Example, Task } from '../task.js';
import { classification } from './classification.js';
import type { TaskDefinition } from './definition.js';
import { generation } from './generation.js';
import { regression } from './regression.js';
import { tagging } from './tagging.js';

/** A task on a user's own data. */
export interface UserTask<T extends Task = Task> {
  readonly task: T;
  /** What the definition says of a row. @throws RowError when the row does not fit */
  readonly example: (row: Row) => Example;
  /** A row whose answer is not known, or not looked at: the label is a placeholder. @throws RowError when the row does not fit */
  readonly input: (row: Row) => Example;
  /** A model's answer in the user's words: the name of a class, a score, the tags of the words, or a text. */
  readonly readable: (answer: number | ArrayLike<number> | string) => string | number | string[];
}

/**
 * The task that a definition describes.
 * @param name for results
 */
export function userTask(name: string, definition: TaskDefinition): UserTask {
  switch (definition.kind) {
    case 'classification':
      return classification(name, definition);
    case 'regression':
      return regression(name, definition);
    case 'token-classification':
      return tagging(name, definition);
    case 'generation':
      return generation(name, definition);
  }
}
