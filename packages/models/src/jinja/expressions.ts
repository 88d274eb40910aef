import { TemplateError } from './lexer.js';
import type { Arguments, Expression, FilterCall } from './syntax.js';
import type { TokenStream } from './token-stream.js';

const COMPARISONS = ['==', '!=', '<', '>', '<=', '>='];

/** Reads an expression, with a condition behind it where one is. */
export function parseExpression(stream: TokenStream, withCondition = true): Expression {
  return stream.within(() => {
    let value = parseOr(stream);
    while (withCondition && stream.skipName('if')) {
      const test = parseOr(stream);
      value = { kind: 'condition', test, then: value, otherwise: stream.skipName('else') ? parseExpression(stream) : undefined };
    }
    return value;
  });
}

/** Reads one or several expressions with commas between, those as a tuple. */
export function parseTuple(stream: TokenStream, { withCondition = true, ends = [] as readonly string[] } = {}): Expression {
  const isAtEnd = () => stream.isSymbol('%}', '}}', ')') || stream.isName(...ends);
  const items: Expression[] = [];
  let isTuple = false;
  while (!isAtEnd()) {
    items.push(parseExpression(stream, withCondition));
    if (!stream.skipSymbol(',')) break;
    isTuple = true;
  }
  if (items.length === 0) stream.fail('an expression');
  return isTuple ? { kind: 'tuple', items } : items[0];
}

function parseOr(stream: TokenStream): Expression {
  let left = parseAnd(stream);
  while (stream.skipName('or')) left = { kind: 'binary', operator: 'or', left, right: parseAnd(stream) };
  return left;
}

function parseAnd(stream: TokenStream): Expression {
  let left = parseNot(stream);
  while (stream.skipName('and')) left = { kind: 'binary', operator: 'and', left, right: parseNot(stream) };
  return left;
}

function parseNot(stream: TokenStream): Expression {
  return stream.skipName('not') ? { kind: 'unary', operator: 'not', operand: stream.within(() => parseNot(stream)) } : parseComparison(stream);
}

function parseComparison(stream: TokenStream): Expression {
  const first = parseSum(stream);
  const rest: [string, Expression][] = [];
  for (;;) {
    if (stream.isSymbol(...COMPARISONS)) rest.push([stream.next().text, parseSum(stream)]);
    else if (stream.skipName('in')) rest.push(['in', parseSum(stream)]);
    else if (stream.isName('not') && stream.following.text === 'in') {
      stream.next();
      stream.next();
      rest.push(['not in', parseSum(stream)]);
    } else break;
  }
  return rest.length === 0 ? first : { kind: 'comparison', first, rest };
}

function parseSum(stream: TokenStream): Expression {
  let left = parseConcatenation(stream);
  while (stream.isSymbol('+', '-')) left = { kind: 'binary', operator: stream.next().text as '+' | '-', left, right: parseConcatenation(stream) };
  return left;
}

function parseConcatenation(stream: TokenStream): Expression {
  const items = [parseProduct(stream)];
  while (stream.skipSymbol('~')) items.push(parseProduct(stream));
  return items.length === 1 ? items[0] : { kind: 'concatenation', items };
}

function parseProduct(stream: TokenStream): Expression {
  let left = parsePower(stream);
  while (stream.isSymbol('*', '/', '//', '%')) left = { kind: 'binary', operator: stream.next().text as '*' | '/' | '//' | '%', left, right: parsePower(stream) };
  return left;
}

function parsePower(stream: TokenStream): Expression {
  let left = parseUnary(stream);
  while (stream.skipSymbol('**')) left = { kind: 'binary', operator: '**', left, right: parseUnary(stream) };
  return left;
}

function parseUnary(stream: TokenStream, withFilters = true): Expression {
  const sign = stream.isSymbol('-', '+') ? (stream.next().text as '-' | '+') : undefined;
  const value: Expression = sign ? { kind: 'unary', operator: sign, operand: stream.within(() => parseUnary(stream, false)) } : parsePrimary(stream);
  const reached = parsePostfix(stream, value);
  return withFilters ? parseFiltersAndTests(stream, reached) : reached;
}

function parsePrimary(stream: TokenStream): Expression {
  const token = stream.next();
  if (token.kind === 'name') return nameOrConstant(token.text);
  if (token.kind === 'integer') return { kind: 'constant', value: Number(token.text.replaceAll('_', '')) };
  if (token.kind === 'float') return { kind: 'constant', value: { float: Number(token.text.replaceAll('_', '')) } };
  if (token.kind === 'string') {
    let text = unescape(token.text.slice(1, -1));
    while (stream.current.kind === 'string') text += unescape(stream.next().text.slice(1, -1));
    return { kind: 'constant', value: text };
  }
  if (token.kind === 'symbol' && token.text === '(') {
    if (stream.skipSymbol(')')) return { kind: 'tuple', items: [] };
    const value = parseTuple(stream);
    stream.symbol(')');
    return value;
  }
  if (token.kind === 'symbol' && token.text === '[') return { kind: 'list', items: parseItems(stream, ']', () => parseExpression(stream)) };
  if (token.kind === 'symbol' && token.text === '{') {
    const entries = parseItems(stream, '}', (): [Expression, Expression] => {
      const key = parseExpression(stream);
      stream.symbol(':');
      return [key, parseExpression(stream)];
    });
    return { kind: 'dict', entries };
  }
  throw new TemplateError(`expected an expression, got "${token.text.slice(0, 40)}"`);
}

function nameOrConstant(name: string): Expression {
  if (/^[Tt]rue$|^[Ff]alse$/.test(name)) return { kind: 'constant', value: name.toLowerCase() === 'true' };
  return /^[Nn]one$/.test(name) ? { kind: 'constant', value: null } : { kind: 'name', name };
}

function parseItems<T>(stream: TokenStream, end: string, parse: () => T): T[] {
  const items: T[] = [];
  while (!stream.skipSymbol(end)) {
    if (items.length > 0) stream.symbol(',');
    if (stream.skipSymbol(end)) break;
    items.push(parse());
  }
  return items;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', a: '\x07', '\n': '', '\\': '\\', "'": "'", '"': '"' };

/** What a string's escapes stand for (Python's unicode-escape). */
function unescape(text: string): string {
  return text.replaceAll(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|(.))/gs, (whole: string, ...found: (string | undefined)[]) => {
    const [hex2, hex4, hex8, octal, other] = found;
    const code = hex2 ?? hex4 ?? hex8;
    if (code !== undefined) return String.fromCodePoint(parseInt(code, 16));
    return octal === undefined ? (ESCAPES[other!] ?? whole) : String.fromCodePoint(parseInt(octal, 8));
  });
}

function parsePostfix(stream: TokenStream, value: Expression): Expression {
  for (;;) {
    if (stream.skipSymbol('.')) {
      const { kind, text } = stream.next();
      if (kind === 'name') value = { kind: 'attribute', of: value, name: text };
      else if (kind === 'integer') value = { kind: 'item', of: value, key: { kind: 'constant', value: Number(text) } };
      else throw new TemplateError(`expected a name behind ".", got "${text}"`);
    } else if (stream.skipSymbol('[')) value = parseSubscript(stream, value);
    else if (stream.isSymbol('(')) value = { kind: 'call', callee: value, ...parseArguments(stream) };
    else return value;
  }
}

function parseSubscript(stream: TokenStream, of: Expression): Expression {
  const bounds: (Expression | undefined)[] = [undefined];
  let isSlice = false;
  while (!stream.isSymbol(']')) {
    if (stream.skipSymbol(':')) {
      isSlice = true;
      bounds.push(undefined);
    } else if (bounds.at(-1) === undefined) bounds[bounds.length - 1] = parseExpression(stream);
    else stream.fail('"]"');
  }
  stream.symbol(']');
  if (bounds.length > 3) throw new TemplateError('a slice has three parts at most');
  return isSlice ? { kind: 'slice', of, bounds } : bounds[0] ? { kind: 'item', of, key: bounds[0] } : stream.fail('an expression in "[]"');
}

function parseArguments(stream: TokenStream): Arguments {
  stream.symbol('(');
  const positional: { value: Expression; spread: boolean }[] = [];
  const named: { name: string | undefined; value: Expression }[] = [];
  parseItems(stream, ')', () => {
    if (stream.skipSymbol('**')) named.push({ name: undefined, value: parseExpression(stream) });
    else if (stream.skipSymbol('*')) positional.push({ value: parseExpression(stream), spread: true });
    else if (stream.current.kind === 'name' && stream.following.text === '=' && stream.following.kind === 'symbol') {
      const name = stream.name();
      stream.next();
      named.push({ name, value: parseExpression(stream) });
    } else positional.push({ value: parseExpression(stream), spread: false });
  });
  return { positional, named };
}

const NONE: Arguments = { positional: [], named: [] };

function parseFiltersAndTests(stream: TokenStream, value: Expression): Expression {
  for (;;) {
    if (stream.isSymbol('|')) for (const call of parseFilters(stream)) value = { kind: 'filter', of: value, ...call };
    else if (stream.skipName('is')) value = parseTest(stream, value);
    else if (stream.isSymbol('(')) value = { kind: 'call', callee: value, ...parseArguments(stream) };
    else return value;
  }
}

/** Reads filters, each behind a "|", the first one also without where it is a statement's. */
export function parseFilters(stream: TokenStream, begun = false): FilterCall[] {
  const calls: FilterCall[] = [];
  for (let first = begun; first || stream.skipSymbol('|'); first = false) {
    let name = stream.name();
    while (stream.skipSymbol('.')) name += `.${stream.name()}`;
    calls.push({ name, ...(stream.isSymbol('(') ? parseArguments(stream) : NONE) });
  }
  return calls;
}

function parseTest(stream: TokenStream, of: Expression): Expression {
  const negated = stream.skipName('not');
  const name = stream.name();
  if (stream.isName('is')) stream.fail('no other test');
  const takesOne = ['name', 'string', 'integer', 'float'].includes(stream.current.kind) ? !stream.isName('else', 'or', 'and', 'if', 'in', 'not') : stream.isSymbol('[', '{');
  const given = stream.isSymbol('(') ? parseArguments(stream) : takesOne ? { positional: [{ value: parsePostfix(stream, parsePrimary(stream)), spread: false }], named: [] } : NONE;
  return { kind: 'test', of, name, negated, ...given };
}
