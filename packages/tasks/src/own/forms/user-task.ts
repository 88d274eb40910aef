import type { Row } from '../../row.js';
import type { Example, Task } from '../../task.js';

/** A task on a user's own data. */
export interface UserTask<T extends Task = Task> {
  readonly task: T;
  /** Of classes and tags: their names by id, those of the task and then those that only rows to measure on had. */
  readonly names?: readonly string[] | undefined;
  /** Columns of what is to be answered: those that {@link input} reads of a text by itself. */
  readonly inputs: readonly string[];
  /** What the definition says of a row. @throws RowError when the row does not fit */
  readonly example: (row: Row) => Example;
  /**
   * A row whose answer is not known, or not looked at: the label is a placeholder. Undefined where there is nothing to answer,
   * since a text is empty.
   * @throws RowError when the row does not fit
   */
  readonly input: (row: Row) => Example | undefined;
  /** A model's answer in the user's words: the name of a class, a score, the tags of the words, or a text. */
  readonly readable: (answer: number | ArrayLike<number> | string) => string | number | readonly (string | number)[];
}
