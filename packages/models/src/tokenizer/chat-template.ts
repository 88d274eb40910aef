import { joinPath, readText, UnmaskError } from '@unmask/tensor-core';
import { ConfigReader } from '../config.js';
import { Template } from '../jinja/template.js';
import type { SpecialTokens } from './special-tokens.js';
import { withinTime } from './time-limit.js';

/** One turn of a conversation. */
export interface ChatMessage {
  /** `user`, `assistant`, often also `system`; the template decides what it takes. */
  readonly role: string;
  readonly content: string;
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

/** Most characters of a template. */
const LONGEST = 1_000_000;

/**
 * Writes a conversation as the text that the model was trained on (HF transformers, apply_chat_template).
 * @throws UnmaskError when the template is broken or refuses the messages
 */
export function renderChat(template: string, messages: readonly ChatMessage[], specialTokens: SpecialTokens, addGenerationPrompt: boolean): string {
  const tokens = Object.fromEntries(Object.entries(specialTokens).map(([role, { token }]) => [`${role}_token`, token]));
  const size = template.length + messages.reduce((sum, { content }) => sum + content.length, 0);
  const values = { ...tokens, messages, tools: null, documents: null, add_generation_prompt: addGenerationPrompt };
  try {
    return withinTime('the chat template', size, () => new Template(template).render(values));
  } catch (cause) {
    if (UnmaskError.isInstance(cause)) throw cause;
    throw new UnmaskError(`the chat template does not take these messages: ${(cause as Error).message}`, { code: 'bad-data', cause });
  }
}
