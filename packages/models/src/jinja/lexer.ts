/** A mistake in a template, or what it cannot do with its values; the messages are for whoever wrote it. */
export class TemplateError extends Error {}

/** A piece of a template: text as it stands, or a word of the language. `{%`, `%}`, `{{` and `}}` are symbols. */
export interface Token {
  readonly kind: 'text' | 'name' | 'string' | 'integer' | 'float' | 'symbol' | 'end';
  readonly text: string;
}

const WORDS = /\s*(?:(?<name>[\p{ID_Start}_]\p{ID_Continue}*)|(?<float>\d(?:_?\d)*(?:\.\d(?:_?\d)*(?:[eE][+-]?\d(?:_?\d)*)?|[eE][+-]?\d(?:_?\d)*))|(?<integer>0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|\d(?:_?\d)*)|(?<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?<symbol>\*\*|\/\/|==|!=|<=|>=|[-+*/%~<>=.:|,;()[\]{}]))/suy;

const END_OF_BLOCK = /\s*([-+]?)(%\}|\}\})/y;
const RAW = /\{%([-+]?)\s*raw\s*(-?)%\}/y;
const END_OF_RAW = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g;

/** Cuts a template into tokens, with blocks on lines of their own taking no line (trim_blocks and lstrip_blocks, as HF transformers sets them). */
export function tokenize(given: string): Token[] {
  const template = given.replaceAll(/\r\n?/g, '\n').replace(/\n$/, '');
  const tokens: Token[] = [];
  let at = 0;
  /** Whether the blanks before the next text go, as a tag before it says, or one line end. */
  let before: 'all' | 'line' | 'none' = 'none';
  const pushText = (text: string, sign: string, isBlock: boolean) => {
    const begun = before === 'all' ? text.trimStart() : before === 'line' ? text.replace(/^\n/, '') : text;
    const line = text.lastIndexOf('\n') + 1; // where the tag's line begins, if in this text
    const isAlone = isBlock && text.slice(line).trim() === '' && (line > 0 || at === text.length);
    const shown = sign === '-' ? begun.trimEnd() : isAlone && sign === '' ? begun.slice(0, Math.max(0, begun.length - (text.length - line))) : begun;
    if (shown !== '') tokens.push({ kind: 'text', text: shown });
  };
  while (at < template.length) {
    const start = nextTag(template, at);
    const text = template.slice(at, start);
    at = start;
    if (start === template.length) {
      pushText(text, '', false);
      break;
    }
    RAW.lastIndex = start;
    const raw = RAW.exec(template);
    const sign = raw ? raw[1] : /[-+]/.test(template[start + 2] ?? '') ? template[start + 2] : '';
    pushText(text, sign, template[start + 1] !== '{');
    if (raw) {
      END_OF_RAW.lastIndex = RAW.lastIndex;
      const end = END_OF_RAW.exec(template);
      if (!end) throw new TemplateError('{% raw %} without {% endraw %}');
      before = raw[2] === '-' ? 'all' : 'none';
      at = end.index;
      pushText(template.slice(RAW.lastIndex, end.index), end[1], true);
      at = END_OF_RAW.lastIndex;
      before = end[2] === '-' ? 'all' : end[2] === '+' ? 'none' : 'line';
    } else if (template[start + 1] === '#') {
      const end = template.indexOf('#}', start + 2);
      if (end === -1) throw new TemplateError('a comment does not end');
      const last = template[end - 1];
      before = last === '-' && end - 1 > start + 1 ? 'all' : last === '+' ? 'none' : 'line';
      at = end + 2;
    } else {
      [at, before] = tokenizeTag(template, start + 2 + sign.length, template[start + 1] === '%', tokens);
    }
  }
  tokens.push({ kind: 'end', text: 'end of template' });
  return tokens;
}

/** Where the next tag begins. */
function nextTag(template: string, from: number): number {
  const at = template.slice(from).search(/\{[{%#]/);
  return at === -1 ? template.length : from + at;
}

/** The tokens of a tag, and where it ends. */
function tokenizeTag(template: string, start: number, isBlock: boolean, tokens: Token[]): [at: number, before: 'all' | 'line' | 'none'] {
  const close = isBlock ? '%}' : '}}';
  tokens.push({ kind: 'symbol', text: isBlock ? '{%' : '{{' });
  let depth = 0;
  for (let at = start; ; ) {
    END_OF_BLOCK.lastIndex = at;
    const end = depth === 0 ? END_OF_BLOCK.exec(template) : null;
    if (end?.[2] === close && (end[1] !== '+' || isBlock)) {
      tokens.push({ kind: 'symbol', text: close });
      return [END_OF_BLOCK.lastIndex, end[1] === '-' ? 'all' : isBlock && end[1] === '' ? 'line' : 'none'];
    }
    WORDS.lastIndex = at;
    const found = WORDS.exec(template);
    if (!found) throw new TemplateError(/^\s*$/.test(template.slice(at)) ? `a tag does not end with "${close}"` : `unexpected ${JSON.stringify(template.slice(at).trimStart()[0])}`);
    const [kind, text] = Object.entries(found.groups!).find(([, each]) => (each as string | undefined) !== undefined) as [Token['kind'], string];
    if ('([{'.includes(text)) depth++;
    if (')]}'.includes(text)) depth = Math.max(0, depth - 1);
    tokens.push({ kind, text });
    at = WORDS.lastIndex;
  }
}
