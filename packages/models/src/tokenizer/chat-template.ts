import { joinPath, readText, UnmaskError } from '@unmask/tensor-core';
import { ConfigReader } from '../config.js';
import { type Span, Template } from '../jinja/template.js';
import type { SpecialTokens } from './special-tokens.js';
import { withinTime } from './time-limit.js';

/** One turn of a conversation; the template decides what it takes. */
export interface ChatMessage {
  /** `user`, `assistant`, often also `system` and `tool`. */
  readonly role: string;
  /** A text; null or absent where a turn is `tool_calls` alone; for some templates a list of parts. */
  readonly content?: unknown;
  readonly [field: string]: unknown;
}

/** What a template writes besides messages. */
export interface ChatOptions {
  /** Ends with the opening of the model's own turn; false by default. */
  readonly addGenerationPrompt?: boolean;
  /** Functions that the model may call, as JSON schemas; none by default. */
  readonly tools?: readonly unknown[] | undefined;
}

/**
 * A folder's chat template: that of chat_template.jinja, else the one in tokenizer_config.json, of a list the one that is
 * called `default`; undefined when there is none.
 */
export async function readChatTemplate(folder: string, config: Readonly<Record<string, unknown>>): Promise<string | undefined> {
  const file = await readText(joinPath(folder, 'chat_template.jinja'));
  if (file !== undefined) return file;
  const read = new ConfigReader(config, '', 'tokenizer_config.json');
  if (!read.has('chat_template')) return undefined;
  if (read.isText('chat_template')) return read.text('chat_template', LONGEST);
  return read.sections('chat_template').find((each) => each.text('name', LONGEST) === 'default')?.text('template', LONGEST);
}

/** A conversation as a text. */
export interface RenderedChat {
  readonly text: string;
  /** What the template marks as the assistant's; undefined where it marks nothing at all. */
  readonly spans: readonly Span[] | undefined;
}

/** Most characters of a template. */
const LONGEST = 1_000_000;

/**
 * Writes a conversation as the text that the model was trained on (HF transformers, apply_chat_template).
 * @returns the text, and what the template marks as the assistant's; undefined where it marks nothing
 * @throws UnmaskError when the template is broken or refuses the messages
 */
export function renderChat(template: string, messages: readonly ChatMessage[], specialTokens: SpecialTokens, { addGenerationPrompt = false, tools }: ChatOptions): RenderedChat {
  const tokens = Object.fromEntries(Object.entries(specialTokens).map(([role, { token }]) => [`${role}_token`, token]));
  const size = template.length + messages.reduce((sum, { content }) => sum + (typeof content === 'string' ? content.length : 0), 0);
  const values = { ...tokens, messages, tools: tools ?? null, documents: null, add_generation_prompt: addGenerationPrompt };
  try {
    return withinTime('the chat template', size, () => {
      const parsed = new Template(template);
      const { text, spans } = parsed.renderMarked(values);
      return { text, spans: parsed.isMarked ? spans : undefined };
    });
  } catch (cause) {
    if (UnmaskError.isInstance(cause)) throw cause;
    throw new UnmaskError(`the chat template does not take these messages: ${(cause as Error).message}`, { code: 'bad-data', cause });
  }
}
