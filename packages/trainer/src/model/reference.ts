import { PeftModel } from '@unmask/adapters';
import { applyDelta, type Delta } from '@unmask/id3';
import type { Example, Task } from '@unmask/tasks';
import type { Parameter } from '@unmask/tensor-core';
import type { EncodedExample } from '../encoding/encoded.js';
import { asked } from '../evaluation/measure.js';
import { formOf } from '../forms/index.js';
import { valuesUnder } from './former-values.js';
import type { TrainedModel } from './trained-model.js';

/**
 * Examples as tokens with what the model before training holds of them, where their form asks for that: adapters are switched off
 * meanwhile, or the delta undone, so that there is no second model in memory.
 * @returns undefined where nothing is asked for, or the model before training is not known
 */
export async function withReference(trained: TrainedModel, examples: readonly Example[], batchSize: number): Promise<readonly EncodedExample[] | undefined> {
  const { card, user: { task }, model, pretrained, former } = trained;
  const form = formOf<Task>(task);
  if (!form.reference || card.change === null) return undefined;
  const encoded = asked(task, trained, examples, { settings: card, batchSize }).encoded();
  const read = () => form.reference!(task, trained, encoded, batchSize);
  if (!(model instanceof PeftModel)) return withDelta(pretrained.model.parameters(), former!, read);
  const active = model.active;
  model.setAdapter();
  try {
    return await read();
  } finally {
    model.setAdapter(...active);
  }
}

/** Does some work while parameters have a delta's values. */
async function withDelta<T>(parameters: readonly Parameter[], delta: Delta, work: () => Promise<T>): Promise<T> {
  const former = valuesUnder(parameters, delta);
  applyDelta(parameters, delta);
  try {
    return await work();
  } finally {
    applyDelta(parameters, former);
  }
}
