import { generate } from './generate.js';
import type { ChatMessage } from '../tokenizer/index.js';
import { checkPrompt, type LanguageModel } from './language-model.js';
import type { TextOptions } from './text.js';

/** Options of {@link generateTexts}. */
export interface TextsOptions extends Pick<TextOptions, 'maxNewTokens' | 'signal'> {
  /** Prompts that are gone on with together, 32 by default. */
  readonly batchSize?: number;
  /** Called after each batch with the number of texts so far. */
  readonly onProgress?: (done: number) => void;
}

/** What is gone on with: a text, or a conversation that the model's chat template writes. */
export type Prompt = string | { readonly messages: readonly ChatMessage[]; readonly tools?: readonly unknown[] | undefined };

/**
 * Goes on with many prompts, the likeliest token each time: those of like length together, which is many times faster than one
 * by one.
 * @returns the texts in the order of the prompts, each without its prompt and special tokens
 * @throws UnmaskError when an option is out of range, or a prompt is empty or longer than the model's positions; the reason of
 *   `signal`
 */
export async function generateTexts(language: LanguageModel, prompts: readonly Prompt[], { batchSize = 32, onProgress, ...options }: TextsOptions): Promise<string[]> {
  const { model, tokenizer, generation } = language;
  const ids = prompts.map((prompt) => (typeof prompt === 'string' ? tokenizer.encodePrompt(prompt) : tokenizer.encode(tokenizer.applyChatTemplate(prompt.messages, { addGenerationPrompt: true, tools: prompt.tools }), { addSpecialTokens: false }).ids));
  for (const each of ids) checkPrompt(language, each);
  const byLength = [...ids.keys()].sort((a, b) => ids[a].length - ids[b].length);
  const texts = new Array<string>(prompts.length);
  for (let start = 0; start < byLength.length; start += batchSize) {
    const batch = byLength.slice(start, start + batchSize);
    const generated = await generate(model, batch.map((index) => ids[index]), { ...options, ...generation });
    batch.forEach((index, row) => {
      const { tokens, finishReason } = generated[row];
      const stream = tokenizer.stream({ skipSpecialTokens: true, after: ids[index] });
      const pieces = (finishReason === 'eos' ? tokens.slice(0, -1) : tokens).map((token) => stream.push(token));
      texts[index] = pieces.join('') + stream.end();
    });
    onProgress?.(start + batch.length);
  }
  return texts;
}
