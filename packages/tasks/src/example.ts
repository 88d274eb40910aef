import { describe, isText, listOf, type Row, RowError, textOf, valueOf } from './row.js';
import type { ClassificationTask, Example, ExampleOf, RegressionTask, TaggedExample, PublishedTask, Texts, TokenClassificationTask } from './task.js';

/** The example that a row holds. @throws RowError when it is not a row of the task */
export function exampleOf<T extends PublishedTask>(task: T, row: Row): ExampleOf<T> {
  return read(task, row) as ExampleOf<T>;
}

function read(task: PublishedTask, row: Row): Example {
  switch (task.kind) {
    case 'generation':
      return task.read(row);
    case 'token-classification':
      return taggedExample(task, row);
    default: {
      const texts = task.fields.map((field) => textOf(row, field)) as unknown as Texts; // as many texts as fields
      return { texts, label: labelOf(task, valueOf(row, 'label', `give ${allowedLabels(task)}`)) };
    }
  }
}

function taggedExample({ fields, labels }: TokenClassificationTask, row: Row): TaggedExample {
  const isClass = (item: unknown): item is number => Number.isInteger(item) && (item as number) >= 0 && (item as number) < labels.length;
  const words = listOf(row, fields[0], isText, 'words');
  const label = listOf(row, fields[1], isClass, `class ids from 0 to ${labels.length - 1}`);
  if (words.length === 0) throw new RowError(`has no words in field "${fields[0]}"; leave such rows out`);
  if (words.length !== label.length) throw new RowError(`has ${words.length} words in "${fields[0]}" and ${label.length} class ids in "${fields[1]}"; give one for each word`);
  return { words, label };
}

function labelOf(task: ClassificationTask | RegressionTask, label: unknown): number {
  const [lowest, highest] = task.kind === 'regression' ? task.labelRange : [0, task.labels.length - 1];
  const fits = typeof label === 'number' && label >= lowest && label <= highest && (task.kind === 'regression' || Number.isInteger(label));
  if (!fits) {
    const unlabelled = label === -1 ? ' (-1 marks unlabelled rows, which cannot be used here)' : '';
    throw new RowError(`has label ${describe(label)}${unlabelled}; give ${allowedLabels(task)}`);
  }
  return label;
}

function allowedLabels(task: ClassificationTask | RegressionTask): string {
  return task.kind === 'regression'
    ? `a number from ${task.labelRange[0]} to ${task.labelRange[1]}`
    : task.labels.map((name, id) => `${id} (${name})`).join(' or ');
}
