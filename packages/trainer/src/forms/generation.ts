import { generateTexts, type Tokenizer } from '@unmask/models';
import type { GenerationExample, GenerationTask } from '@unmask/tasks';
import { batchLoss } from '../encoding/batch-loss.js';
import { type EncodedExample, type EncodeOptions, nextTokens } from '../encoding/encoded.js';
import type { Asked, Form } from './form.js';

/** The prompt as it is when a model is asked, target and end token; each token of the latter two, or of all three, is the label of the token before it. */
export const generation: Form<GenerationTask> = {
  head: () => ({ kind: 'causal-lm' }),
  encode: encodeGeneration,
  loss: (task, { labelSmoothing: smoothing }) => ({ of: (batch, forward) => batchLoss(task, forward(batch), batch, { smoothing }) }),
  answers: write,
  predictions: async (asked) => (await write(asked)).map((prediction) => ({ prediction })),
};

function encodeGeneration(tokenizer: Tokenizer, { prompt, target }: GenerationExample, { maxLength, promptLoss = false }: EncodeOptions): EncodedExample {
  const opening = tokenizer.encodePrompt(prompt);
  const end = tokenizer.specialTokens.eos;
  const ids = [...opening, ...tokenizer.encodeAnswer(prompt, target), ...(end ? [end.id] : [])].slice(0, maxLength);
  return nextTokens(ids, (index) => promptLoss || index >= opening.length);
}

/** Greedily. */
function write({ task: { maxNewTokens }, reader, examples, batchSize, onProgress }: Asked<GenerationTask>): Promise<string[]> {
  return generateTexts(reader, examples.map(({ prompt }) => prompt), { maxNewTokens, batchSize, ...(onProgress && { onProgress }) });
}
