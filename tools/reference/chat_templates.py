"""Makes packages/models/fixtures/chat-templates.json: templates and what they give in Jinja as HF transformers sets it up.

usage: python tools/reference/chat_templates.py     (from the repository root; needs jinja2)

Written with jinja2 3.1.6, as transformers 5.24.0 uses it (utils/chat_template_utils.py). A template that fails there has null
in the place of its text.
"""

import copy
import datetime
import json
from pathlib import Path

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

NOW = datetime.datetime(2026, 3, 5, 8, 7, 9, 123000)
MESSAGES = [
    {"role": "system", "content": "Be good."},
    {"role": "user", "content": " Hi 'x' \"y\"\n"},
    {"role": "assistant", "content": "é🙂 ok", "n": 3, "f": 1.5, "none": None, "flag": True, "list": [1, "a", None, 2.5, {"k": []}]},
]
PARAMETERS = {"type": "object", "properties": {"b": {"type": "string"}, "a": {"type": "integer", "enum": [1, 2]}}, "required": ["a"]}
VALUES = {
    "bos_token": "<s>",
    "messages": MESSAGES,
    "tools": [{"type": "function", "function": {"name": "get", "description": "d & <e>", "parameters": PARAMETERS}}],
    "documents": None,
    "add_generation_prompt": True,
    "words": ["b", "A", "c", "a", "B"],
    "rows": [{"n": 2, "t": "x", "k": {"z": 1}}, {"n": 1, "t": "Y", "k": {"z": 3}}, {"n": 2, "t": "y", "k": {"z": 2}}],
    "empty": [],
    "text": "Hello World, the quick-brown fox (jumps) over",
    "d": {"b": 2, "a": 1, "C": 3},
    "n": 7,
    "x": None,
}
EXPRESSIONS = [
    'true', 'none', "['a']", '[1, 2.0, none, true, \'it\\\'s\', "q\\""]', "{'a': 1, 'b': [1,2]}", '(1,)', '(1,2)', '()', '1.0', '1e16', '1e15',
    '0.0001', '0.00001', '1.5e-7', '123456789012345680.0', '0.1+0.2', '1/3', '4/2', '7//2', '-7//2', '7%3', '-7%3', '7%-3', '2**3', '2**-1', '-2**2',
    '7.5//2', '7.5%2', '1+true', 'true+true', "'ab'*2", "2*'ab'", '[1]*3', "'a' ~ none", "'a' ~ true ~ 1 ~ 1.0", '1 ~ [1]', "'a' + 'b'", '[1]+[2]',
    '(1,)+(2,)', '1 < 2 < 3', '3 > 2 > 2', "'a' < 'b'", "'B' < 'a'", '[1,2] < [1,3]', '1 == 1.0', '1 == true', "'1' == 1", 'none == none',
    'x is none', 'y is defined', 'y == z', '1 in [1,2]', "'a' in 'cat'", "'a' in d", "'q' not in d", 'not 1', 'not (1 in [2])', '1 if 0',
    '1 if 0 else 2', '1 if 1 else 2 if 0 else 3', '1 and 0', "0 or 'x'", 'not true and false', '+1', '- 1', '--1', '3 - -1', '1 - 1 ~ 2',
    '1 + 2 * 3 ~ 4', "'%s is %d' % ('a', 3)", "'%5.2f|%-5s|%05d|%x|%r' % (3.14159, 'ab', 42, 255, 'q')", "'%s' % 3", "'%s' % [1,2]",
    "'%(a)s' % {'a': 1}", "'100%%' % ()", "'{} {}'.format(1, 'a')", "'{0}{1}{0}'.format('a','b')",
    "'{x:>5}|{y:.2f}|{z:,}'.format(x='a', y=2.5, z=1234567)", "'{:^7}|{:<5}|{:05d}|{:+}|{!r}'.format('ab', 3, 42, 7, 'q')",
    "'{a[b]}'.format(a={'b': 2})", 'messages[0].role', "messages[0]['role']", 'messages[-1].content', 'messages[2].list', 'messages[2]',
    'messages[5]', 'messages[5].x', 'messages[0].zzz', 'messages[0].zzz.y', 'messages|length', 'messages[1:]|length', 'messages[::-1][0].role',
    "'hello'[1]", "'hello'[-1]", "'hello'[1:3]", "'hello'[::-1]", "'é🙂ab'[1]", "'é🙂ab'[1:3]", "'é🙂ab'|length", '[1,2,3][5]', '[1,2,3][0:10:2]',
    'text[:5]', 'text[-4:]', 'd.a', "d['b']", 'd.items()|list', 'd.keys()|list', 'd.values()|list', "d.get('a')", "d.get('q')", "d.get('q', 5)",
    'd|items|list', 'rows[0].k.z', 'none.x', 'y.x', 'y', 'y|length', 'y|list', 'y|upper', '1|abs', '-1|abs', '-1.5|abs', '(-3)|abs', 'text|upper',
    'text|lower', 'text|title', 'text|capitalize', "'ÀB ß'|capitalize", "text|replace('o','0')", "text|replace('o','0',1)", 'text|length',
    'text|wordcount', 'text|trim', "'  a '|trim", "'xxaxx'|trim('x')", 'text|truncate(15)', 'text|truncate(15, true)',
    "text|truncate(15, false, '…')", 'text|truncate(100)', "text|truncate(15,true,'..',0)", 'text|center(60)', "'ab'|center(5)", "'abc'|center(6)",
    'text|e', '\'<a href="x">&\\\'</a>\'|e', "'<b>'|escape", "'<b>'|forceescape", "'a b&c/d é'|urlencode", "{'a b':'c&d','e':1}|urlencode",
    'words|join', "words|join(', ')", "rows|join(',', attribute='t')", 'words|sort', 'words|sort(case_sensitive=true)', 'words|sort(reverse=true)',
    "rows|sort(attribute='n')|map(attribute='t')|list", "rows|sort(attribute='n,t')|map(attribute='t')|list",
    "rows|sort(attribute='k.z')|map(attribute='t')|list", 'words|unique|list', 'words|unique(true)|list',
    "rows|unique(attribute='n')|map(attribute='t')|list", 'words|first', 'words|last', 'empty|first', 'empty|last', 'words|min', 'words|max',
    "rows|max(attribute='n')", '[3,1,2]|min', '[3,1,2]|sum', "rows|sum(attribute='n')", "rows|sum(attribute='n', start=10)", '[1.5,2]|sum',
    'empty|sum', '[[1],[2]]|sum(start=[])', 'words|batch(2)|list', "words|batch(2,'-')|list", 'words|batch(3)|list', 'words|slice(2)|list',
    'words|slice(3)|list', "words|slice(3,'x')|list", "rows|groupby('n')|list", "rows|groupby('t')|list", "rows|groupby('q', default='w')|list",
    'words|reverse|list', "'abc'|reverse", 'words|list', "'abc'|list", 'd|list', "words|map('upper')|list", "words|map('replace','a','x')|list",
    "rows|map(attribute='n')|list", "rows|map(attribute='q', default='w')|list", "rows|map(attribute='k.z')|list",
    '[[1,2],[3,4]]|map(attribute=0)|list', '[1,0,2]|select|list', "[1,2,3,4]|select('odd')|list", "[1,2,3,4]|reject('odd')|list",
    "[1,2,3]|select('gt', 1)|list", "[1,2,3]|select('>', 1)|list", "[1,2,3]|select('in', [1,3])|list",
    "rows|selectattr('n','equalto',2)|map(attribute='t')|list", "rows|rejectattr('n','==',2)|map(attribute='t')|list", "rows|selectattr('q')|list",
    "rows|selectattr('q','defined')|list", "rows|selectattr('t','upper')|list", "'3'|int", "'3.7'|int", "'x'|int", "'x'|int(5)",
    "'0x1f'|int(base=16)", "'1f'|int(base=16)", '3.9|int', '-3.9|int', 'none|int', "'3'|float", "'x'|float", "'1e3'|float", '3|float', 'true|int',
    '3.14159|round(2)', '2.5|round', '3.5|round', '0.125|round(2)', '2.675|round(2)', '7|round', "2.1|round(0,'ceil')", "2.9|round(0,'floor')",
    '1234|round(-2)', "y|default('q')", "''|default('q')", "''|default('q', true)", "x|default('q')", "none|d('q', true)", 'd|dictsort',
    'd|dictsort(true)', "d|dictsort(by='value')", 'd|dictsort(reverse=true)', 'tools|tojson', 'tools|tojson(indent=2)', 'tools|tojson(indent=4)',
    "tools|tojson(separators=(',',':'))", 'tools|tojson(sort_keys=true)', "'é🙂\\n<>&'|tojson", "'é🙂'|tojson(ensure_ascii=true)",
    '[1,2.0,none,true,{}, []]|tojson', '[]|tojson(indent=2)', "{'a':[]}|tojson(indent=2)", '1e20|tojson', '0.1|tojson', '{1:2,none:3,true:4}|tojson',
    "'a\\nb\\n\\nc'|indent", "'a\\nb\\n\\nc'|indent(2)", "'a\\nb\\n\\nc'|indent(2,true)", "'a\\nb\\n\\nc'|indent(2,true,true)",
    "'a\\nb\\n'|indent(2)", "'a\\nb'|indent('> ')", "'%s-%s'|format('a',1)", "'%(a)s'|format(a=1)", '1000|filesizeformat', '1|filesizeformat',
    '1500000|filesizeformat', '1024|filesizeformat(true)', '999|filesizeformat', '12|string', 'none|string', '[1]|string', "'<b>'|safe",
    "messages|map(attribute='role')|join(', ')", "messages|selectattr('role','equalto','user')|list|length",
    "(words|map('lower')|unique|list)|length", 'text|list|first', "text.split()|map('length')|list", "'abc'|attr('upper')()", '1|string|length',
    "3|default(1)|string ~ 'x'", 'n is odd', 'n is even', 'n is divisibleby 7', 'n is divisibleby(3)', 'n is number', 'n is integer', 'n is float',
    '1.0 is float', 'n is string', 'text is string', 'text is iterable', 'n is iterable', 'd is mapping', 'words is sequence', 'd is sequence',
    'x is none', 'x is not none', 'true is boolean', 'true is true', '1 is true', 'false is false', 'n is sameas n', 'n is eq 7', 'n is equalto(7)',
    'n is ne 7', 'n is gt 3', 'n is lt 3', 'n is ge 7', 'n is le 7', "'a' is in 'abc'", "'abc' is lower", "'ABC' is upper", "'upper' is filter",
    "'nope' is filter", "'odd' is test", 'raise_exception is callable', 'y is undefined', 'y.z is defined', 'messages[0].role is defined',
    'messages[0].q is defined', 'n is not defined', 'n is odd and n is not even', 'true is number', 'x is defined and x', 'range is callable',
    '1 is odd is even', "' a b '.strip()", "'xay'.strip('xy')", "'  a'.lstrip()", "'a  '.rstrip()", "'a,b,c'.split(',')", "'a,b,c'.split(',', 1)",
    "' a  b '.split()", "'a b c'.split(None, 1)", "'a,b,c'.rsplit(',', 1)", "'a b c'.rsplit(None,1)", "'a b c'.rsplit()",
    "'a\\nb\\r\\nc'.splitlines()", "'a\\nb\\n'.splitlines(true)", "'abc'.startswith('ab')", "'abc'.startswith(('x','a'))", "'abc'.startswith('b', 1)",
    "'abc'.endswith('bc')", "'abcabc'.find('c')", "'abcabc'.find('x')", "'abcabc'.rfind('c')", "'abcabc'.index('b')", "'abcabc'.count('b')",
    "'abc'.count('')", "'abc'.upper()", "'ABC'.lower()", "'aBc'.swapcase()", "'hello world'.title()", '"it\'s a".title()', "'hELLO w'.capitalize()",
    "'abc'.replace('b','x')", "'aaa'.replace('a','b',2)", "'abc'.replace('','-')", "','.join(['a','b'])", "'abc'.isalpha()", "'ab1'.isalnum()",
    "'12'.isdigit()", "'12'.isnumeric()", "'½'.isnumeric()", "'½'.isdigit()", "'  '.isspace()", "'Abc'.istitle()", "'ABC'.isupper()",
    "'abc'.islower()", "'a1'.islower()", "'12'.isdecimal()", "'5'.zfill(3)", "'-5'.zfill(4)", "'ab'.center(5)", "'ab'.center(5,'*')",
    "'abc'.center(6,'*')", "'ab'.ljust(4)+'|'", "'ab'.rjust(4)", "'a=b=c'.partition('=')", "'a=b=c'.rpartition('=')", "'abc'.partition('x')",
    "'abc'.removeprefix('a')", "'abc'.removesuffix('c')", "'a\\tb'.expandtabs(4)", "'straße'.casefold()", "'ΣΑΣ'.lower()", "'ß'.upper()",
    '[1,2,1].count(1)', '[1,2].index(2)', '[1,2].append(3)', 'd.update({})', 'd.copy()', "'a'.foo()", "'x'.__class__", 'd.__class__', 'words.sort()',
    '(1,2).count(1)', 'range(3)|list', 'range(1,7,2)|list', 'range(3,0,-1)|list', 'range(0)|list', 'dict(a=1,b=2)', "dict([('a',1)])",
    'namespace(a=1).a', "raise_exception('no')", "strftime_now('%d %b %Y, %A')", "strftime_now('%-d %_d %-m/%-H %^a %#p %05d %e')",
    "messages[0]['content'] | trim if messages[0]['role'] == 'system' else ''", "'a' 'b'", '"\\u00e9\\x41\\n\\\\ \\q"', '1_000', '1.5e3', '0x1F',
    "{'a': {'b': 1}}['a']['b']", '[1,2,]', "'a' if true", 'foo.bar', 'foo()', '1 / 0', "'a' + 1", 'none + 1', "'a' < 1", '[1][none]',
    'messages | nope', '1 is nope', '(1', 'a b', '(messages|last).content', "messages|map(attribute='content')|map('trim')|join('|')", 'loop',
    'range(3)', "'x' ~ foo ~ 'y'", '-n ** 2', "n|string + 'a'", '2 * 3|string', 'not n is odd', 'n is odd or x', '[n is odd, n is not odd]',
    "'a' in ['a'] and 'b' not in ['a']", '3 if n > 5 and not x else 4', 'n if n is defined else 0', 'messages[0]|tojson|length', "{'a':1}|tojson",
    "'a\tb\x07\u200b\xad é'|list", "['\\x00\\x7f\\u2028\\ufeff\\U0001F642']", '10 ** 15', '1e300 * 1e10', '5 // 0.5', "3.0 ~ ''", '100.0', '1e22',
    '12345.678', '[0.1, 1e-5, 1e5, -0.0, 2.50]', "' a  b '|wordcount", "'foo bar foo'|replace('foo', 'x', count=1)",
]
TIMES = "aAwdbBmyYHIpMSfzZjUWcxXGuVeDFTRrhCklnt%qE"
TEMPLATES = [
    "{% if words|select('eq', 'q') %}yes{% endif %}", "{% set g = words|map('upper') %}{{ g|join }}|{{ g|join }}", "{{ words|reject('string')|length }}",
    "{{ d.items() }}{{ d.keys() }}", "{{ d.items()|tojson }}", "{{ n[:2] }}", "{{ ['b']|upper }}{{ ['b'] is lower }}", "{{ (words|unique)[0] }}",
    "{{ words|map('upper')|reverse|join }}", "{{ words|map('upper')|last }}", "{{ range(2) + range(2) }}",
    '{% raw %}{{ x }} {% if %}{% endraw %}!', 'a\n  {% raw %}\n b {{\n  {% endraw %}\n c', 'a {%- raw -%}  x  {%- endraw -%}  b',
    '{% for i in [1,2,3] %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.first }}{{ loop.last }}{{ loop.length }},{% endfor %}',
    '{% for i in [1,2,3] if i != 2 %}{{ i }}/{{ loop.length }}{{ loop.last }} {% else %}none{% endfor %}',
    '{% for i in [] %}x{% else %}empty{% endfor %}', '{% for i in y %}x{% else %}empty{% endfor %}',
    '{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}', '{% for k in d %}{{ k }}{% endfor %}',
    '{% for a, (b, c) in [(1,(2,3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}',
    '{% for i in range(5) %}{% if i == 1 %}{% continue %}{% endif %}{% if i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}',
    "{% for i in [1,1,2] %}{{ loop.changed(i) }}{{ loop.cycle('a','b') }}{{ loop.previtem }}{{ loop.nextitem }} {% endfor %}",
    '{% for i in [1,[2,[3]]] recursive %}{{ loop.depth }}{% if i is iterable %}({{ loop(i) }}){% else %}{{ i }}{% endif %}{% endfor %}',
    '{% for i in [1,2] %}{% for j in [1,2] %}{{ loop.index }}{% endfor %}{{ loop.index }}{% endfor %}',
    '{% set a = 1 %}{% for i in [1,2] %}{% set a = a + 1 %}{{ a }}{% endfor %}{{ a }}',
    '{% set ns = namespace(a=1) %}{% for i in [1,2] %}{% set ns.a = ns.a + i %}{% endfor %}{{ ns.a }}',
    '{% for i in [1,2] %}{{ q is defined }}{% set q = 1 %}{% endfor %}{{ q is defined }}', '{% if true %}{% set w = 1 %}{% endif %}{{ w }}',
    '{% set a, b = 1, 2 %}{{ a }}{{ b }}', '{% set a = 1, 2 %}{{ a }}', '{% set t %}x {{ 1 }} y{% endset %}[{{ t }}]',
    '{% set t | upper %}abc{% endset %}{{ t }}', "{% set t | upper | replace('A','-') %}abc{% endset %}{{ t }}",
    "{% filter upper %}abc{{ 'd' }}{% endfilter %}", "{% filter replace('a','b') | upper %}aab{% endfilter %}",
    '{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a is defined }}', '{% set a = 1 %}{% with %}{% set a = 2 %}{{ a }}{% endwith %}{{ a }}',
    "{% macro m(a, b=2, c='x') %}{{ a }}-{{ b }}-{{ c }}{% endmacro %}{{ m(1) }}|{{ m(1, c=3) }}|{{ m() }}",
    '{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, a=3) }}', '{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}',
    "{% macro m(t) %}<{{ caller() }}{{ t }}>{% endmacro %}{% call m('z') %}in{{ n }}{% endcall %}",
    '{% macro m() %}{{ caller(1, 2) }}{% endmacro %}{% call(a, b) m() %}{{ a + b }}{% endcall %}',
    '{% macro m(n) %}{% if n > 0 %}{{ n }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(3) }}', '{% macro m(a, b=a) %}{{ b }}{% endmacro %}{{ m(3) }}',
    '{% macro m(a) %}x{% endmacro %}{{ m(b=1) }}', '{% macro m() %}{{ n }}{% endmacro %}{% set n = 9 %}{{ m() }}',
    '{% generation %}a{{ n }}{% endgeneration %}b', '{% block b %}x{{ n }}{% endblock %}', "{% include 'x' %}", "{% extends 'x' %}", '{% do x %}',
    "{% set c = cycler('a','b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}", "{% set j = joiner('|') %}{{ j() }}a{{ j() }}b",
    '{# comment #}a{#- c -#} b', 'a\n{# c #}\nb', '  {# c #}  \nb', 'a\n  {% if true %}\n    b\n  {% endif %}\nc\n',
    'a\n  {%- if true -%}\n    b\n  {%- endif -%}\nc\n', 'a\n  {%+ if true +%}\n    b\n  {% endif %}\nc\n',
    '  {% if true %}x{% endif %}  \n  {{ 1 }}\n y', 'a {{- 1 -}} b', 'a {{ 1 }}\nb', '{{ 1 }}\n\n', '{% if true %}\n\nx{% endif %}',
    'a\r\nb\rc{% if true %}\r\nd{% endif %}', '{%if n%}y{%endif%}', '{{n}}{{-n}}', 'x  {%- set a = 1 %}\n  y',
    '{% for m in messages %}\n{{ m.role }}\n  {%- if not loop.last %}\n, \n  {%- endif %}\n{% endfor %}', '{% if %}', '{{ 1 ', '{% for %}',
    '{% endfor %}', '{% set %}', "{{ '{' }}{{ '}}' }}{{ '%}' }}", '{{ d }}{{ messages[2].list }}', "{{ not x }}{{ x or 'e' }}",
    '{% if x %}1{% elif n %}2{% else %}3{% endif %}',
    "{% if messages and messages[0].role == 'system' %}{% set s = messages[0].content %}{% endif %}{{ s }}", '{{ (1,2)|list }}{{ (1,2)[0] }}',
    "{%- for message in messages -%}\n{%- if message.role == 'user' %}U: {{ message.content|trim }}\n{% elif message.role == 'assistant' %}A: {{ message.content }}\n{%- else %}S{% endif -%}\n{%- endfor -%}",
]


class Generation(jinja2.ext.Extension):
    """{% generation %}, which marks what the assistant wrote."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_support"), [], [], body).set_lineno(line)

    def _support(self, caller):
        return caller()


def environment() -> ImmutableSandboxedEnvironment:
    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    made = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    made.filters["tojson"] = tojson
    made.globals |= {"raise_exception": raise_exception, "strftime_now": NOW.strftime}
    return made


def rendered(made: ImmutableSandboxedEnvironment, template: str) -> str | None:
    try:
        return made.from_string(template).render(**copy.deepcopy(VALUES))
    except Exception:
        return None


def main() -> None:
    made = environment()
    templates = [*("{{ " + each + " }}" for each in EXPRESSIONS), *("{{ strftime_now('[%" + each + "]') }}" for each in TIMES), *TEMPLATES]
    now = [NOW.year, NOW.month - 1, NOW.day, NOW.hour, NOW.minute, NOW.second, NOW.microsecond // 1000]
    content = {"values": VALUES, "now": now, "templates": [[template, rendered(made, template)] for template in templates]}
    Path("packages/models/fixtures/chat-templates.json").write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n")


main()
