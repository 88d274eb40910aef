export { noteBadRows } from './bad-rows.js';
export { type Confusion } from './confusion.js';
export { CARD, type ModelCard, readCard } from './card.js';
export { evaluateModel, type EvaluateModelOptions, type ModelEvaluation } from './evaluate-model.js';
export { mergeModel, type MergedModel } from './merge-model.js';
export type { OwnMetrics } from './own-metrics.js';
export { type PredictedRow, type Prediction, predictRows } from './predict-rows.js';
export { formatRows, type RowFormat, rowFormatOf } from './row-format.js';
export { type LoadTrainedOptions, loadTrainedModel, type TrainedModel } from './trained-model.js';
