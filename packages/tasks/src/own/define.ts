import type { Task } from '../task.js';
import { defineClassification } from './classification.js';
import type { Columns, EachRow, TaskDefinition } from './definition.js';
import { defineGeneration } from './generation.js';
import { defineRegression } from './regression.js';
import { defineTagging } from './tagging.js';

/**
 * What the training rows make of a kind of task.
 * @throws UnmaskError when rows do not fit, or do not do for such a task
 */
export function define(kind: Task['kind'], columns: Columns, each: EachRow, maxNewTokens: number): TaskDefinition {
  switch (kind) {
    case 'classification':
      return defineClassification(columns, each);
    case 'regression':
      return defineRegression(columns, each);
    case 'token-classification':
      return defineTagging(columns, each);
    case 'generation':
      return defineGeneration(columns, each, maxNewTokens);
  }
}
