import { generateTexts } from '@unmask/models';
import type { Message, PreferenceTask } from '@unmask/tasks';
import type { EncodedExample } from '../../encoding/encoded.js';
import type { Asked, Form } from '../form.js';
import { withTemplate } from '../language/chat-template.js';
import { readSequences, type SequenceReading } from '../language/reading.js';
import { preferenceLoss } from './batch-loss.js';
import { encodePreference } from './encode.js';

/** A question with an answer that is preferred and one that is not. */
export const preference: Form<PreferenceTask> = {
  head: () => ({ kind: 'causal-lm' }),
  tokenizer: ({ chatTemplate }, tokenizer) => withTemplate(tokenizer, chatTemplate),
  encode: encodePreference,
  reference: async ({ loss }, reader, encoded, batchSize) => {
    if (loss === 'orpo') return encoded;
    const readings = await readSequences(reader.model, encoded, batchSize);
    return encoded.map((example, index) => ({ ...example, reference: readings[index].map(({ logProbability }) => logProbability) }));
  },
  loss: ({ loss, beta }, { labelSmoothing: smoothing }) => {
    const options = { loss, beta, smoothing };
    return { of: (batch, forward) => preferenceLoss(forward(batch), batch, options), weight: ({ examples }) => examples.length };
  },
  answers: compare,
  predictions: answer,
};

const meanOf = ({ logProbability, tokens }: SequenceReading): number => logProbability / Math.max(1, tokens);

/** Rewards and likelihoods of the answers. Without the model before training to compare with, a reward is the likelihood. */
async function compare({ task: { beta }, reader, encoded, batchSize, onProgress }: Asked<PreferenceTask>) {
  const examples: readonly EncodedExample[] = encoded();
  const readings = await readSequences(reader.model, examples, batchSize, onProgress);
  return readings.map(([chosen, rejected], index) => {
    const { reference } = examples[index];
    const [first, second] = [meanOf(chosen), meanOf(rejected)];
    if (!reference) return [beta * first, beta * second, first, second] as const;
    return [beta * (chosen.logProbability - reference[0]), beta * (rejected.logProbability - reference[1]), first, second] as const;
  });
}

/** The answer to each question, written greedily. */
async function answer({ task: { maxNewTokens }, reader, examples, batchSize }: Asked<PreferenceTask>) {
  const prompts = examples.map(({ prompt }) => (typeof prompt === 'string' ? prompt : { messages: prompt satisfies readonly Message[] }));
  return (await generateTexts(reader, prompts, { maxNewTokens, batchSize })).map((prediction) => ({ prediction }));
}
