/** What JSON is made of: texts, marks, and all else between them. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}:,]|[^\s[\]{}:,"]+/g;

/** A value within a list or an object. */
export interface JsonPart {
  /** Of a value in an object. */
  readonly name?: string;
  /** The value as it stands, without the blanks around it. */
  readonly text: string;
}

/** The values of a list or an object, as they stand: not a digit, a blank or the order of them changes. @param text valid JSON of one of the two */
export function jsonParts(text: string): JsonPart[] {
  const parts: JsonPart[] = [];
  let [depth, start, end] = [0, -1, 0];
  let name: string | undefined;
  const found = () => text.slice(start, end);
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (depth === 1 && token === ':') {
      name = JSON.parse(found()) as string;
      start = -1;
    } else if (depth === 1 && /^[,\]}]$/.test(token)) {
      if (start >= 0) parts.push(name === undefined ? { text: found() } : { name, text: found() });
      [name, start] = [undefined, -1];
    } else if (depth > 0 && start < 0) {
      start = index;
    }
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth--;
    end = index + token.length;
  }
  return parts;
}
