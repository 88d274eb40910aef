import type { Tokenizer } from '@unmask/models';
import type { Message, PreferenceExample, Turns } from '@unmask/tasks';
import { type EncodedExample, type EncodeOptions, nextTokens } from '../../encoding/encoded.js';

/** The question with each of the two answers, the chosen one first; the tokens of an answer are labels. */
export function encodePreference(tokenizer: Tokenizer, { prompt, chosen, rejected }: PreferenceExample, { maxLength }: EncodeOptions): EncodedExample {
  const [first, second] = [chosen, rejected].map((answer) => {
    const { ids, isAnswer } = typeof prompt === 'string' || typeof answer === 'string' ? textsOf(tokenizer, prompt, answer) : turnsOf(tokenizer, prompt, answer);
    return nextTokens(ids.slice(0, maxLength), isAnswer);
  });
  return { ...first, others: [second] };
}

interface Tokens {
  readonly ids: readonly number[];
  readonly isAnswer: (index: number) => boolean;
}

/** Texts as they stand, the end token behind the answer. */
function textsOf(tokenizer: Tokenizer, prompt: Turns, answer: Turns): Tokens {
  const [question, text] = [prompt as string, answer as string];
  const opening = tokenizer.encodePrompt(question);
  const end = tokenizer.specialTokens.eos;
  return { ids: [...opening, ...tokenizer.encodeAnswer(question, text), ...(end ? [end.id] : [])], isAnswer: (index) => index >= opening.length };
}

/** Turns as the chat template writes them: the answer is all behind what opens it, or else what of it the assistant wrote. */
function turnsOf(tokenizer: Tokenizer, prompt: readonly Message[], answer: readonly Message[]): Tokens {
  const before = tokenizer.applyChatTemplate(prompt, { addGenerationPrompt: true });
  const all = tokenizer.applyChatTemplate([...prompt, ...answer]);
  if (!all.startsWith(before)) {
    const { ids, assistant } = tokenizer.encodeChat([...prompt, ...answer]);
    const start = ids.findIndex((_, index) => assistant[index]);
    return { ids, isAnswer: (index) => index >= start && assistant[index] };
  }
  const opening = tokenizer.encode(before, { addSpecialTokens: false }).ids;
  return { ids: [...opening, ...tokenizer.encodeAnswer(before, all.slice(before.length))], isAnswer: (index) => index >= opening.length };
}
