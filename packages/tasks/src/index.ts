export type {
  AnswerOf,
  ChatExample,
  ChatTask,
  ClassificationTask,
  EmbeddingExample,
  EmbeddingLoss,
  EmbeddingShape,
  EmbeddingTask,
  Example,
  ExampleOf,
  GenerationExample,
  GenerationTask,
  HubSource,
  LabelSetExample,
  Message,
  MultilabelTask,
  PassageExample,
  PreferenceExample,
  PreferenceLoss,
  PreferenceTask,
  PublishedTask,
  RegressionTask,
  Split,
  TaggedExample,
  Task,
  TextExample,
  Texts,
  TextTask,
  TokenClassificationTask,
  Turns,
} from './task.js';
export { getTask, taskNames } from './registry.js';
export { encodingNames } from './files/encoding.js';
export { DATA_FORMATS } from './files/index.js';
export type { FileOptions } from './files/located-row.js';
export { loadSplit, type LoadOptions } from './load.js';
export { loadHubSplit, type LoadHubOptions } from './load-hub.js';
export { Cell, type Fields, Json, type Row, RowError } from './row.js';
export { synthesizeSplit, type SynthesizeOptions } from './synthetic/split.js';
export type { Columns, FormOptions } from './own/forms/form.js';
export { kindWords, parseDefinition, userTask, type DefinitionOf, type TaskDefinition } from './own/forms/index.js';
export { holdOutRows, type Parts, withoutInputs } from './own/hold-out.js';
export type { Inferred } from './own/infer.js';
export type { OnBadRow } from './own/bad-rows.js';
export { unseenNote } from './own/forms/labels.js';
export { readUserData, readUserExamples, readUserInputs, readUserTexts, type UserData, type UserDataOptions, type UserInput, type UserRowsOptions } from './own/read.js';
export { nameOfRows, type Rows } from './own/rows.js';
export type { UserTask } from './own/forms/user-task.js';
export { evaluate, majorityBaseline, standardErrors } from './evaluate.js';
export { epochBatches } from './batching.js';
export { instructionPrompt } from './prompt.js';
export {
  answerAccuracy,
  entitiesOf,
  type Entity,
  entityMetrics,
  firstChoice,
  lastNumber,
  type Metric,
  metrics,
  rouge1,
  rouge2,
  rougeL,
  sampledMetric,
  standardError,
} from './metrics/index.js';
