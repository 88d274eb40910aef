import { UnmaskError } from '@unmask/tensor-core';
import type { MarkedText, Span } from '../jinja/template.js';
import type { ChatMessage, RenderedChat } from './chat-template.js';

/** Stands for what a turn says, to see what a template writes around it: no template looks for it, and none trims it. */
const STAND_IN = '\uE000stand-in\uE000';

/**
 * A conversation as a text, and where in it the assistant wrote. A template that marks nothing is asked what it writes of
 * shorter conversations: a turn begins where the conversation before it ends with the opening of an answer, and ends where
 * the conversation up to it ends. Where a template writes earlier turns in another way than last ones, the turn is what changes
 * when it says something else, with the special token behind it that ends it.
 * @param render writes a conversation, if need be with the opening of an answer
 * @param tokenAt characters of the special token that a text begins with; 0 where it begins with none
 * @throws UnmaskError when a turn cannot be found
 */
export function assistantSpans(messages: readonly ChatMessage[], render: (messages: readonly ChatMessage[], opens: boolean) => RenderedChat, tokenAt: (text: string) => number): MarkedText {
  const { text, spans } = render(messages, false);
  if (spans) return { text, spans };
  const found = messages.flatMap(({ role }, turn): Span[] => {
    if (role !== 'assistant') return [];
    const span = byShorterConversations(text, messages, turn, render) ?? byAnotherAnswer(text, messages, turn, render, tokenAt);
    if (span) return [span];
    throw new UnmaskError('the chat template writes the turns of an assistant so that they cannot be told from the rest: mark them in it by {% generation %} and {% endgeneration %}, or train on all tokens (--prompt-loss)', { code: 'unsupported' });
  });
  return { text, spans: found.filter(([start], index) => index === 0 || start >= found[index - 1][1]) };
}

type Render = Parameters<typeof assistantSpans>[1];

function byShorterConversations(text: string, messages: readonly ChatMessage[], turn: number, render: Render): Span | undefined {
  const before = attempt(() => render(messages.slice(0, turn), true).text);
  const after = attempt(() => render(messages.slice(0, turn + 1), false).text);
  if (before === undefined || after === undefined || before.length > after.length) return undefined;
  return text.startsWith(after) && after.startsWith(before) ? [before.length, after.length] : undefined;
}

function byAnotherAnswer(text: string, messages: readonly ChatMessage[], turn: number, render: Render, tokenAt: (text: string) => number): Span | undefined {
  const other = attempt(() => render(messages.map((message, index) => (index === turn ? { role: 'assistant', content: STAND_IN } : message)), false).text);
  const place = other?.indexOf(STAND_IN) ?? -1;
  if (other === undefined || place < 0) return undefined;
  const [before, after] = [other.slice(0, place), other.slice(place + STAND_IN.length)];
  if (before.length + after.length > text.length || !text.startsWith(before) || !text.endsWith(after)) return undefined;
  const [blanks] = /^\s*/.exec(after)!;
  const token = tokenAt(after.slice(blanks.length));
  return [place, text.length - after.length + (token > 0 ? blanks.length + token : 0)];
}

/** What a template writes; undefined when it refuses such a conversation. */
function attempt(render: () => string): string | undefined {
  try {
    return render();
  } catch (error) {
    if (UnmaskError.isInstance(error)) return undefined;
    throw error;
  }
}
