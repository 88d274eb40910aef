import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type ChatMessage, Tokenizer } from '../index.js';

let plain: Tokenizer;
beforeAll(async () => {
  plain = await Tokenizer.load(fileURLToPath(new URL('../../fixtures/tokenizers/smollm2', import.meta.url)));
});

const say = (...contents: string[]): ChatMessage[] => contents.map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content }));

/** What the assistant wrote, turn by turn, as the tokens say; and that the tokens are those of the whole text. */
function turnsOf(template: string, messages: readonly ChatMessage[]): string[] {
  const tokenizer = plain.withChatTemplate(template);
  const { ids, assistant } = tokenizer.encodeChat(messages);
  expect(tokenizer.decode(ids)).toBe(tokenizer.applyChatTemplate(messages));
  const turns: number[][] = [];
  ids.forEach((id, index) => {
    if (!assistant[index]) return;
    if (!assistant[index - 1]) turns.push([]);
    turns.at(-1)!.push(id);
  });
  return turns.map((turn) => tokenizer.decode(turn));
}

const opening = "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";
const turn = "{{ '<|im_start|>' + m.role + '\n' + BODY + '<|end|>\n' }}";
const all = (body: string) => `{% for m in messages %}${turn.replace('BODY', body)}{% endfor %}${opening}`;

describe('the turns of an assistant', () => {
  test('are what follows the opening of an answer, with the token that ends it', () => {
    expect(turnsOf(all('m.content'), say('hi', ' hello \n', 'and?', 'same'))).toEqual([' hello \n<|end|>\n', 'same<|end|>\n']);
  });

  test('are found where the template trims them', () => {
    expect(turnsOf(all('m.content | trim'), say('hi ', '\n hello  ', 'and?', 'hello'))).toEqual(['hello<|end|>\n', 'hello<|end|>\n']);
  });

  test('are found where the template writes earlier turns in another way than the last', () => {
    const forgets = all("(m.content if loop.last or m.role == 'user' else m.content.split('</think>')[-1])");
    expect(turnsOf(forgets, say('hi', 'hm</think>hello', 'and?', 'oh</think>bye'))).toEqual(['hello<|end|>', 'oh</think>bye<|end|>\n']);
    const closes = `${all('m.content').replace(opening, '')}{{ '<|endoftext|>' if not add_generation_prompt }}${opening}`;
    expect(turnsOf(closes, say('hi', 'one', 'and?', 'two'))).toEqual(['one<|end|>', 'two<|end|>\n<|endoftext|>']);
  });

  test('are what the template marks', () => {
    const marked = "{% for m in messages %}{{ '[' + m.role + ']' }}{% if m.role == 'assistant' %}{% generation %}{{ m.content }}!{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}";
    expect(turnsOf(marked, say('a', 'b', 'c', 'd'))).toEqual(['b!', 'd!']);
  });

  test('may be calls of tools', () => {
    const template = `{% for t in tools %}{{ t.name }}\n{% endfor %}${all("(m.content or (m.tool_calls | tojson))")}`;
    const messages = [{ role: 'user', content: 'sum?' }, { role: 'assistant', content: null, tool_calls: [{ name: 'add' }] }, { role: 'tool', content: '3' }, { role: 'assistant', content: 'It is 3.' }];
    const { ids, assistant } = plain.withChatTemplate(template).encodeChat(messages, { tools: [{ name: 'add' }] });
    expect(plain.decode(ids)).toMatch(/^add\n/);
    expect(plain.decode(ids.filter((_, index) => assistant[index]))).toBe('[{"name": "add"}]<|end|>\nIt is 3.<|end|>\n');
  });

  test('are refused where they cannot be told from the rest', () => {
    expect(() => turnsOf("{{ messages | map(attribute='content') | join | length }}", say('a', 'b'))).toThrow('mark them in it by {% generation %}');
  });
});
