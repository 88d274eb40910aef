import { didYouMean, UnmaskError } from '@unmask/tensor-core';
import { cola } from './glue/cola.js';
import { mrpc } from './glue/mrpc.js';
import { rte } from './glue/rte.js';
import { sst2 } from './glue/sst2.js';
import { stsb } from './glue/stsb.js';
import type { Task } from './task.js';

const tasks = new Map<string, Task>([rte, mrpc, cola, sst2, stsb].map((task) => [task.name, task]));

/** Names that {@link getTask} knows. */
export const taskNames: string[] = [...tasks.keys()];

/** The task called `name`. @throws UnmaskError `not-found` for a name that is not in {@link taskNames} */
export function getTask(name: string): Task {
  const task = tasks.get(name);
  if (task === undefined) {
    throw new UnmaskError(`no task "${name}"${didYouMean(name, taskNames)}; use one of ${taskNames.join(', ')}`, { code: 'not-found' });
  }
  return task;
}
