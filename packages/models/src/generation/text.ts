import type { ChatMessage } from '../tokenizer/index.js';
import { generateStream } from './generate.js';
import { checkPrompt, type LanguageModel } from './language-model.js';
import type { GenerationOptions } from './options.js';
import { StopStrings } from './stop-strings.js';

/** Options of {@link streamText}. Tokens that end a text, and its greatest length, are the model's own. */
export interface TextOptions extends Omit<GenerationOptions, 'eosIds' | 'maxPositions'> {
  /** The text ends before the first of these strings. */
  readonly stop?: readonly string[] | undefined;
}

/** A text that a model wrote. */
export interface GeneratedText {
  /** Without the prompt, special tokens and the string that it stopped at. */
  readonly text: string;
  /** New tokens that were computed. */
  readonly tokens: number;
  readonly promptTokens: number;
  /** Whether the model ended the text, a stop string came, or the maximum length was reached. */
  readonly finishReason: 'eos' | 'stop' | 'length';
}

/**
 * Goes on with a prompt and gives out the text in pieces, never with half a character; the event loop turns between two
 * tokens. A consumer that stops early leaves nothing behind. Where prompt and new tokens would be more than the model has
 * positions, the text ends there.
 * @param prompt a text, or a conversation that the model's chat template writes
 * @returns the whole text, once it is done
 * @throws UnmaskError when an option is out of range, or the prompt is empty or longer than the model's positions; the reason
 *   of `signal`
 */
export async function* streamText(
  language: LanguageModel,
  prompt: string | readonly ChatMessage[],
  { stop = [], ...options }: TextOptions,
): AsyncGenerator<string, GeneratedText> {
  const { model, tokenizer, generation: { eosIds, maxPositions } } = language;
  const ids = typeof prompt === 'string' ? tokenizer.encodePrompt(prompt) : tokenizer.encode(tokenizer.applyChatTemplate(prompt, { addGenerationPrompt: true }), { addSpecialTokens: false }).ids;
  checkPrompt(language, ids);
  const stream = tokenizer.stream({ skipSpecialTokens: true, after: ids });
  const stops = new StopStrings(stop);
  let text = '';
  let tokens = 0;
  let finishReason: GeneratedText['finishReason'] = 'length';
  for await (const token of generateStream(model, ids, { ...options, eosIds, maxPositions })) {
    tokens++;
    if (eosIds.includes(token)) {
      finishReason = 'eos';
      break;
    }
    const piece = stops.push(stream.push(token));
    text += piece;
    if (piece !== '') yield piece;
    if (stops.found) {
      finishReason = 'stop';
      break;
    }
  }
  const rest = stops.push(stream.end()) + stops.end();
  if (rest !== '') yield rest;
  return { text: text + rest, tokens, promptTokens: ids.length, finishReason };
}

/** Goes on with a prompt, as {@link streamText} does. @returns the whole text @throws UnmaskError as {@link streamText} */
export async function generateText(model: LanguageModel, prompt: string | readonly ChatMessage[], options: TextOptions): Promise<GeneratedText> {
  const pieces = streamText(model, prompt, options);
  for (;;) {
    const { done, value } = await pieces.next();
    if (done) return value;
  }
}
