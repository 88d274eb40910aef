import { generateTexts, type Tokenizer } from '@unmask/models';
import type { ChatExample, ChatTask } from '@unmask/tasks';
import { batchLoss } from '../../encoding/batch-loss.js';
import { type EncodedExample, type EncodeOptions, nextTokens } from '../../encoding/encoded.js';
import type { Asked, Form } from '../form.js';
import { withTemplate } from './chat-template.js';
import { packed } from './packing.js';
import { readSequences } from './reading.js';

/** Conversations, of which the assistant's tokens are labels, or all under `promptLoss`. */
export const chat: Form<ChatTask> = {
  head: () => ({ kind: 'causal-lm' }),
  tokenizer: ({ chatTemplate }, tokenizer) => withTemplate(tokenizer, chatTemplate),
  encode: encodeChat,
  arrange: (encoded, { packing, maxLength }) => (packing ? packed(encoded, maxLength) : encoded),
  loss: (task, { labelSmoothing: smoothing }) => ({ of: (batch, forward) => batchLoss(task, forward(batch), batch, { smoothing }) }),
  answers: async ({ reader, encoded, batchSize, onProgress }) =>
    (await readSequences(reader.model, encoded(), batchSize, onProgress)).map(([{ logProbability, tokens, likeliest }]) => [logProbability, tokens, likeliest] as const),
  predictions: converse,
};

function encodeChat(tokenizer: Tokenizer, { messages, tools }: ChatExample, { maxLength, promptLoss = false }: EncodeOptions): EncodedExample {
  const { ids, assistant } = tokenizer.encodeChat(messages, { tools });
  return nextTokens(ids.slice(0, maxLength), (index) => promptLoss || assistant[index]);
}

/** The next turn of each conversation, written greedily. */
async function converse({ task: { maxNewTokens }, reader, examples, batchSize, onProgress }: Asked<ChatTask>) {
  const texts = await generateTexts(reader, examples.map(({ messages, tools }) => ({ messages, tools })), { maxNewTokens, batchSize, ...(onProgress && { onProgress }) });
  return texts.map((prediction) => ({ prediction }));
}
