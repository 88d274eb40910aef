/**
 * Loads every split of every task that a data folder holds and prints how many rows each has, with shares of the labels.
 * It ends with code 1 when a row is refused. By hand:
 *   node --import tsx --conditions=@unmask/source tools/acceptance/tasks.ts DATA_DIR
 */
import { type Example, getTask, loadSplit, type Split, taskNames } from '@unmask/tasks';
import { UnmaskError } from '@unmask/tensor-core';

const [folder] = process.argv.slice(2) as [string];
const SPLITS: readonly Split[] = ['train', 'validation', 'validation_matched', 'validation_mismatched', 'test'];

/** How often each class occurs, of words or rows; nothing for other kinds of labels. */
function classCounts(labels: readonly string[], examples: readonly Example[]): string {
  const ids = examples.flatMap(({ label }) => label as number | number[]);
  return labels.map((name, id) => `${name} ${ids.filter((each) => each === id).length}`).join(', ');
}

for (const name of taskNames) {
  const task = getTask(name);
  for (const split of SPLITS) {
    try {
      const examples: Example[] = await loadSplit(task, folder, split);
      console.log(`${name}/${split}: ${examples.length} rows`, 'labels' in task ? `(${classCounts(task.labels, examples)})` : '');
    } catch (error) {
      if (UnmaskError.isInstance(error) && error.code === 'not-found') continue;
      console.log((error as Error).message);
      process.exitCode = 1;
    }
  }
}
