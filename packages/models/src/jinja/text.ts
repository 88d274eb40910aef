const SPACE = String.raw`[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;

/** Python's blanks, which differ from JavaScript's. */
export const SPACES = new RegExp(`${SPACE}+`, 'g');

const [AT_START, AT_END] = [new RegExp(`^${SPACE}+`), new RegExp(`${SPACE}+$`)];
export const ALL_SPACES = new RegExp(`^${SPACE}+$`);

/** Takes blanks, or the characters given, off the beginning. */
export function stripStart(text: string, characters?: string): string {
  if (characters === undefined) return text.replace(AT_START, '');
  const [all, stripped] = [Array.from(text), new Set(characters)];
  const first = all.findIndex((character) => !stripped.has(character));
  return first === -1 ? '' : all.slice(first).join('');
}

/** Takes blanks, or the characters given, off the end. */
export function stripEnd(text: string, characters?: string): string {
  if (characters === undefined) {
    let end = text.length;
    while (end > 0 && AT_END.test(text[end - 1])) end--;
    return text.slice(0, end);
  }
  const [all, stripped] = [Array.from(text), new Set(characters)];
  return all.slice(0, all.findLastIndex((character) => !stripped.has(character)) + 1).join('');
}

export const strip = (text: string, characters?: string): string => stripEnd(stripStart(text, characters), characters);

/** The first letter large, the others small. */
export function capitalize(text: string): string {
  const [first = '', ...others] = Array.from(text);
  return first.toUpperCase() + others.join('').toLowerCase();
}

/** The words between blanks; of more than `most` and one the last ones stay together. */
export function splitWords(text: string, most: number): string[] {
  const words: string[] = [];
  let rest = stripStart(text);
  while (rest !== '' && (most < 0 || words.length < most)) {
    SPACES.lastIndex = 0;
    const blank = SPACES.exec(rest);
    words.push(rest.slice(0, blank?.index));
    rest = blank ? rest.slice(SPACES.lastIndex) : '';
  }
  return rest === '' ? words : [...words, stripEnd(rest)];
}

/** The parts between separators; of more than `most` and one the last ones stay together. */
export function splitAt(text: string, separator: string, most: number): string[] {
  const parts = text.split(separator);
  return most < 0 || parts.length <= most + 1 ? parts : [...parts.slice(0, most), parts.slice(most).join(separator)];
}

/** Lines, without their ends unless these are kept. */
export function splitLines(text: string, keepsEnds = false): string[] {
  const lines = text.match(/[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])|[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+$/g) ?? [];
  return keepsEnds ? lines : lines.map((line) => line.replace(/(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])$/, ''));
}

/** Puts characters on both sides until a text has a length; an odd one as Python does. */
export function center(text: string, width: number, fill = ' '): string {
  const { length } = Array.from(text);
  const missing = Math.max(0, width - length);
  const left = Math.floor(missing / 2) + (missing & width & 1);
  return fill.repeat(left) + text + fill.repeat(missing - left);
}
