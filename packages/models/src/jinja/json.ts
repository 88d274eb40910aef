import { TemplateError } from './lexer.js';
import { writtenFloat } from './printing.js';
import { Float, isList, isMap, Tuple, typeOf, type Value, View } from './values.js';

/** How Python's json.dumps is to write. */
export interface JsonStyle {
  /** What stands before each level's lines; undefined for one line. */
  readonly indent: string | undefined;
  readonly between: string;
  readonly behindKey: string;
  readonly ascii: boolean;
  readonly sorted: boolean;
}

const ofFloat = (value: number): string => (Number.isNaN(value) ? 'NaN' : Number.isFinite(value) ? writtenFloat(value) : value > 0 ? 'Infinity' : '-Infinity');

function ofText(text: string, ascii: boolean): string {
  const quoted = JSON.stringify(text);
  return ascii ? quoted.replaceAll(/[\x7f-\uffff]/g, (unit) => (unit === '\x7f' ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)) : quoted;
}

function keyOf(key: Value): string {
  if (typeof key === 'string') return key;
  if (key instanceof Float) return ofFloat(key.value);
  if (key === null || typeof key === 'boolean' || typeof key === 'number') return String(key);
  throw new TemplateError(`keys must be str, int, float, bool or None, not ${typeOf(key)}`);
}

/** A value as Python's json.dumps writes it. @throws TemplateError when JSON has no such value */
export function jsonOf(value: Value, style: JsonStyle, before = '\n'): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'string') return ofText(value, style.ascii);
  if (value instanceof Float) return ofFloat(value.value);
  const inner = before + (style.indent ?? '');
  const lines = (open: string, parts: readonly string[], close: string) => {
    if (parts.length === 0) return open + close;
    return style.indent === undefined ? open + parts.join(style.between) + close : open + inner + parts.join(style.between + inner) + before + close;
  };
  if (isList(value) || (value instanceof Tuple && !(value instanceof View))) return lines('[', (isList(value) ? value : value.items).map((each) => jsonOf(each, style, inner)), ']');
  if (!isMap(value)) throw new TemplateError(`Object of type ${typeOf(value)} is not JSON serializable`);
  const entries = [...value].map(([key, each]) => [keyOf(key), each] as const);
  if (style.sorted) entries.sort(([first], [second]) => (first < second ? -1 : first > second ? 1 : 0));
  return lines('{', entries.map(([key, each]) => ofText(key, style.ascii) + style.behindKey + jsonOf(each, style, inner)), '}');
}
