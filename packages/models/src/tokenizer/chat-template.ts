import { join } from 'node:path';
import { Template } from '@huggingface/jinja';
import { UnmaskError } from '@unmask/tensor-core';
import { readTextFile } from '../json-file.js';
import type { SpecialTokens } from './special-tokens.js';

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
  const file = await readTextFile(join(folder, 'chat_template.jinja'));
  if (file !== undefined) return file;
  const stored = config.chat_template;
  if (!Array.isArray(stored)) return stored as string | undefined;
  return (stored as { name: string; template: string }[]).find(({ name }) => name === 'default')?.template;
}

/**
 * Writes a conversation as the text that the model was trained on (HF transformers, apply_chat_template).
 * @throws UnmaskError when the template is broken or refuses the messages
 */
export function renderChat(template: string, messages: readonly ChatMessage[], specialTokens: SpecialTokens, addGenerationPrompt: boolean): string {
  const tokens = Object.fromEntries(Object.entries(specialTokens).map(([role, { token }]) => [`${role}_token`, token]));
  try {
    return new Template(template).render({ ...tokens, messages, tools: null, documents: null, add_generation_prompt: addGenerationPrompt });
  } catch (cause) {
    throw new UnmaskError(`the chat template does not take these messages: ${(cause as Error).message}`, { code: 'bad-data', cause });
  }
}
