import { parseExpression, parseFilters, parseTuple } from './expressions.js';
import { TemplateError, tokenize } from './lexer.js';
import type { Body, Expression, Parameters, Statement, Target } from './syntax.js';
import { TokenStream } from './token-stream.js';

/** Reads a template. @throws TemplateError when it is none */
export function parseTemplate(template: string): Body {
  const stream = new TokenStream(tokenize(template));
  const body = parseBody(stream, []);
  if (stream.current.kind !== 'end') stream.fail('the end of the template');
  return body;
}

/** Reads statements up to a tag with one of some names, which is passed but for its name. */
function parseBody(stream: TokenStream, ends: readonly string[]): Body {
  return stream.within(() => {
    const body: Statement[] = [];
    for (;;) {
      if (stream.current.kind === 'end') return ends.length === 0 ? body : stream.fail(`{% ${ends.at(-1)!} %}`);
      if (stream.current.kind === 'text') body.push({ kind: 'text', text: stream.next().text });
      else if (stream.skipSymbol('{{')) {
        body.push({ kind: 'output', value: parseTuple(stream) });
        stream.symbol('}}');
      } else {
        stream.symbol('{%');
        if (stream.isName(...ends)) return body;
        body.push(...parseStatement(stream));
      }
    }
  });
}

/** Reads a body with its end tag. */
function parseBlock(stream: TokenStream, end: string): Body {
  stream.symbol('%}');
  const body = parseBody(stream, [end]);
  stream.next();
  return body;
}

const STATEMENTS: Readonly<Record<string, (stream: TokenStream) => Statement>> = {
  if: (stream) => {
    const branches: { test: Expression | undefined; body: Body }[] = [];
    for (let test: Expression | undefined = parseTuple(stream, { withCondition: false }); ; test = stream.skipName('elif') ? parseTuple(stream, { withCondition: false }) : undefined) {
      if (test === undefined && !stream.skipName('else')) break;
      stream.symbol('%}');
      branches.push({ test, body: parseBody(stream, test === undefined ? ['endif'] : ['elif', 'else', 'endif']) });
    }
    if (!stream.skipName('endif')) stream.fail('{% endif %}');
    return { kind: 'if', branches };
  },
  for: (stream) => {
    const target = parseTarget(stream);
    if (!stream.skipName('in')) stream.fail('"in"');
    const over = parseTuple(stream, { withCondition: false, ends: ['recursive', 'if'] });
    const test = stream.skipName('if') ? parseExpression(stream) : undefined;
    const recursive = stream.skipName('recursive');
    stream.symbol('%}');
    const body = parseBody(stream, ['else', 'endfor']);
    const otherwise = stream.next().text === 'else' ? parseBlock(stream, 'endfor') : [];
    return { kind: 'for', target, over, test, recursive, body, otherwise };
  },
  set: (stream) => {
    const target = parseTarget(stream, true);
    if (stream.skipSymbol('=')) return { kind: 'set', target, value: parseTuple(stream) };
    return { kind: 'capture', target, filters: parseFilters(stream), body: parseBlock(stream, 'endset') };
  },
  filter: (stream) => ({ kind: 'filtered', filters: parseFilters(stream, true), body: parseBlock(stream, 'endfilter') }),
  with: (stream) => {
    const [targets, values]: [Target[], Expression[]] = [[], []];
    while (!stream.isSymbol('%}')) {
      if (targets.length > 0) stream.symbol(',');
      targets.push(parseOneTarget(stream, false));
      stream.symbol('=');
      values.push(parseExpression(stream));
    }
    return { kind: 'with', targets, values, body: parseBlock(stream, 'endwith') };
  },
  macro: (stream) => ({ kind: 'macro', name: stream.name(), parameters: parseParameters(stream), body: parseBlock(stream, 'endmacro') }),
  call: (stream) => {
    const parameters = stream.isSymbol('(') ? parseParameters(stream) : [];
    return { kind: 'call', parameters, call: parseExpression(stream), body: parseBlock(stream, 'endcall') };
  },
  block: (stream) => {
    const name = stream.name();
    const body = parseBlock(stream, 'endblock');
    if (stream.isName(name)) stream.next();
    return { kind: 'scope', body };
  },
  // marks what the assistant wrote (HF transformers)
  generation: (stream) => ({ kind: 'generation', body: parseBlock(stream, 'endgeneration') }),
  break: () => ({ kind: 'break' }),
  continue: () => ({ kind: 'continue' }),
};

function parseStatement(stream: TokenStream): Statement[] {
  const name = stream.name();
  if (!Object.hasOwn(STATEMENTS, name)) throw new TemplateError(`{% ${name} %} is not supported, only ${Object.keys(STATEMENTS).join(', ')}`);
  const statement = STATEMENTS[name](stream);
  stream.symbol('%}');
  return [statement];
}

/** Reads names that values are given to. */
function parseTarget(stream: TokenStream, withAttributes = false): Target {
  const items = [parseOneTarget(stream, withAttributes)];
  while (stream.skipSymbol(',')) {
    if (stream.isName('in') || stream.isSymbol('=')) return { kind: 'tuple', items };
    items.push(parseOneTarget(stream, withAttributes));
  }
  return items.length === 1 ? items[0] : { kind: 'tuple', items };
}

function parseOneTarget(stream: TokenStream, withAttributes: boolean): Target {
  if (stream.skipSymbol('(')) {
    const target = parseTarget(stream, withAttributes);
    stream.symbol(')');
    return target;
  }
  const name = stream.name();
  return withAttributes && stream.skipSymbol('.') ? { kind: 'attribute', of: name, name: stream.name() } : { kind: 'name', name };
}

function parseParameters(stream: TokenStream): Parameters {
  stream.symbol('(');
  const parameters: { name: string; fallback: Expression | undefined }[] = [];
  while (!stream.skipSymbol(')')) {
    if (parameters.length > 0) stream.symbol(',');
    parameters.push({ name: stream.name(), fallback: stream.skipSymbol('=') ? parseExpression(stream) : undefined });
  }
  return parameters;
}
