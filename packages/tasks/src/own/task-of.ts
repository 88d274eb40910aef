import { classification } from './classification.js';
import type { TaskDefinition } from './definition.js';
import { generation } from './generation.js';
import { regression } from './regression.js';
import { tagging } from './tagging.js';
import type { UserTask } from './user-task.js';

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
