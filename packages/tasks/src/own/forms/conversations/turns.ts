import { describe, type Row, RowError, valueOf } from '../../../row.js';
import type { Message } from '../../../task.js';

/** What ShareGPT's rows call those who speak, by the names that chat templates know. */
const SPEAKERS: Readonly<Record<string, string>> = {
  human: 'user', user: 'user', gpt: 'assistant', assistant: 'assistant', chatgpt: 'assistant', bot: 'assistant', model: 'assistant', function_call: 'assistant', system: 'system', tool: 'tool', observation: 'tool', function: 'tool',
};

/** The turns in a field: a list of OpenAI's `role` and `content` or ShareGPT's `from` and `value`, or one of them. @throws RowError */
export function turnsIn(row: Row, field: string): Message[] {
  const value = valueOf(row, field);
  const items = Array.isArray(value) ? (value as unknown[]) : isFields(value) ? [value] : undefined;
  if (!items) throw new RowError(`has ${describe(value)} in field "${field}"; give a list of turns, each with "role" and "content" or with "from" and "value"`);
  if (items.length === 0) throw new RowError(`has no turns in field "${field}"; leave such rows out`);
  return items.map((item, index) => turnOf(item, `turn ${index + 1} of field "${field}"`));
}

/** @throws RowError */
function turnOf(item: unknown, place: string): Message {
  if (!isFields(item)) throw new RowError(`has ${describe(item)} as ${place}; give "role" and "content"`);
  if (typeof item.role === 'string') {
    const { content = null } = item;
    if (content !== null && typeof content !== 'string' && !Array.isArray(content)) throw new RowError(`has ${describe(content)} as content of ${place}; give a text`);
    if (content === null && !Array.isArray(item.tool_calls)) throw new RowError(`has neither content nor tool calls in ${place}; give one of them`);
    return { ...item, role: item.role, content };
  }
  const { from, value } = item;
  const role = typeof from === 'string' && Object.hasOwn(SPEAKERS, from) ? SPEAKERS[from] : undefined;
  if (role === undefined) throw new RowError(`has no "role" in ${place}, and "from" is ${describe(from)}; give a role, or one of ${Object.keys(SPEAKERS).join(', ')}`);
  if (typeof value !== 'string') throw new RowError(`has ${describe(value)} as value of ${place}; give a text`);
  return from === 'function_call' ? { role, content: null, tool_calls: [{ type: 'function', function: callOf(value, place) }] } : { role, content: value };
}

/** @throws RowError */
function callOf(value: string, place: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    throw new RowError(`has no JSON in ${place}, which calls a function; write its name and arguments as JSON`);
  }
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The functions that a row's `tools` describes, as a list or as a list in a text; undefined where it has none. @throws RowError */
export function toolsOf(row: Row): readonly unknown[] | undefined {
  if (!row.has('tools')) return undefined;
  const value = valueOf(row, 'tools');
  if (value === null || value === '') return undefined;
  const tools = typeof value === 'string' ? parsed(value) : value;
  if (!Array.isArray(tools)) throw new RowError(`has ${describe(value)} in field "tools"; give a list of JSON schemas`);
  return tools.length === 0 ? undefined : (tools as unknown[]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Turns with the text of a row's `system` before them, where it has one and they have none. */
export function withSystem(row: Row, turns: readonly Message[]): readonly Message[] {
  const system = row.has('system') ? valueOf(row, 'system') : undefined;
  return typeof system !== 'string' || system === '' || turns[0]?.role === 'system' ? turns : [{ role: 'system', content: system }, ...turns];
}
