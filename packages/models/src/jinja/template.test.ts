import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { Template, TemplateError } from './template.js';

/** Templates and what jinja2 gives for them, null where it fails (tools/reference/chat_templates.py). */
interface Reference {
  readonly values: Record<string, unknown>;
  readonly now: [number, number, number, number, number, number, number];
  readonly templates: (readonly [template: string, text: string | null])[];
}

const FILE = fileURLToPath(new URL('../../fixtures/chat-templates.json', import.meta.url));
const { values, now, templates } = JSON.parse(readFileSync(FILE, 'utf8')) as Reference;

/** A template's text, or null where it fails. */
function render(template: string): string | null {
  try {
    return new Template(template).render(values, () => new Date(...now));
  } catch (cause) {
    if (cause instanceof TemplateError) return null;
    throw cause;
  }
}

test('templates give what jinja2 gives, and fail where it fails', () => {
  for (const [template, text] of templates) expect({ template, text: render(template) }).toEqual({ template, text });
});

describe('a template cannot run for ever or take all memory', () => {
  test.each([
    ['many steps', '{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}', 'it takes more than 1000000 steps'],
    ['a long range', '{{ range(1000000000) }}', 'it counts up to 1000000000'],
    ['a long text', "{{ 'ab' * 1000000000 }}", 'it makes a value of 2000000000 characters or items'],
    ['a long list', '{{ [1] * 1000000000 }}', 'it makes a value of 1000000000 characters or items'],
    ['a text that doubles', "{% set ns = namespace(t='abcdefgh') %}{% for i in range(60) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}", 'at most 10000000 are allowed'],
    ['a text that doubles by addition', "{% set ns = namespace(t='abcdefgh') %}{% for i in range(60) %}{% set ns.t = ns.t + ns.t %}{% endfor %}", 'at most 10000000 are allowed'],
    ['a wide column', "{{ '%999999999d' % 1 }}", 'at most 10000000 are allowed'],
    ['a wide text', "{{ 'a'.center(999999999) }}{{ 'a'|center(999999999) }}", 'at most 10000000 are allowed'],
    ['a deep indentation', "{{ 'a'|indent(1000000000) }}", 'at most 10000000 are allowed'],
    ['a macro without end', '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}', "macro 'm' calls itself more than 200 times"],
    ['brackets within brackets', `{{ ${'['.repeat(300)}1${']'.repeat(300)} }}`, 'more than 200 things within each other'],
    ['a large number', '{{ 10 ** 16 }}', 'whole numbers of more than 2^53 are not supported'],
  ])('%s', (_, template, message) => {
    expect(() => new Template(template).render({})).toThrow(message);
  });
});

test('what is not supported is named', () => {
  expect(() => new Template("{% include 'x' %}")).toThrow('{% include %} is not supported, only if, for, ');
  expect(() => new Template("{{ 'x'|urlize }}").render({})).toThrow("no filter named 'urlize' is supported, only ");
  expect(() => new Template('{{ 1 is nope }}').render({})).toThrow("no test named 'nope' is supported, only ");
  expect(() => new Template('{{ range }}').render({})).toThrow("printing a 'function' object is not supported");
});
