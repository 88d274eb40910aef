import { UnmaskError } from '@unmask/tensor-core';
import { toRegExp } from 'oniguruma-to-es';
import type { ConfigReader } from '../config.js';
import { characterSize, type Finder, isWithinCharacter, type Span } from './piece.js';

/** Most characters of a pattern. */
const LONGEST = 10_000;

/** Grapheme clusters and words by Unicode's rules, which JavaScript has no patterns for. */
const UNSUPPORTED = /\\[XyY]|\\[pP]\{\^?Word\}/i;

/** Where case does not matter: what Oniguruma also compares with one character, such as ß or ﬁ, or does not compare by case. */
const UNSUPPORTED_WITHOUT_CASE = /(?:s|\])[(?:]*[st[]|(?:f|\])[(?:]*[fil[]|[ßſﬀ-ﬆ]/i;
const UNSUPPORTED_WITHOUT_ANY_CASE = /\\p\{(?:L[ult]|Upper|Lower)/i;

/**
 * Reads the pattern of a step: a text, or a regular expression as Oniguruma understands it, whose classes, anchors and groups
 * differ from JavaScript's.
 * @throws UnmaskError when it is no pattern, or has what cannot be done the same way here
 */
export function readPattern(step: ConfigReader): RegExp {
  const pattern = step.section('pattern');
  if (pattern.has('String')) return new RegExp(pattern.text('String', LONGEST).replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'gu');
  const source = pattern.text('Regex', LONGEST);
  try {
    const plain = source.replaceAll('\\\\', '');
    const unsupported = UNSUPPORTED.exec(plain) ?? UNSUPPORTED_WITHOUT_CASE.exec(partsWithoutCase(plain));
    if (unsupported) throw new SyntaxError(`"${unsupported[0]}" matches other texts here`);
    const translated = translate(withWordClasses(source));
    if (translated.ignoreCase && UNSUPPORTED_WITHOUT_ANY_CASE.test(translated.source)) throw new SyntaxError('letters of one case match other texts here');
    return translated;
  } catch (cause) {
    throw new UnmaskError(`tokenizer.json: the pattern ${JSON.stringify(source)} is not supported: ${(cause as Error).message}`, { code: 'unsupported', cause });
  }
}

/** The parts of a pattern where case does not matter, all of it where that is hard to say. */
function partsWithoutCase(source: string): string {
  const parts: string[] = [];
  const rest = source.replaceAll(/\(\?\w*i\w*:([^()]*)\)/g, (_, part: string) => {
    parts.push(part);
    return '';
  });
  return /\(\?\w*i/.test(rest) ? source : parts.join('|');
}

/** Sets within sets are for newer regular expressions only. */
function translate(source: string): RegExp {
  const options = { global: true, avoidSubclass: true };
  try {
    return toRegExp(source, { ...options, target: 'ES2018' });
  } catch {
    return toRegExp(source, { ...options, target: 'ES2024' });
  }
}

/** What Oniguruma takes for characters of words; outside of brackets these too. */
const WORDS = '[[:word:]²³¹¼½¾]';
const NO_WORDS = '[^[:word:]²³¹¼½¾]';
const OUTSIDE: Readonly<Record<string, string>> = {
  '\\w': WORDS,
  '\\W': NO_WORDS,
  '\\b': `(?:(?<=${WORDS})(?!${WORDS})|(?<!${WORDS})(?=${WORDS}))`,
  '\\B': `(?:(?<=${WORDS})(?=${WORDS})|(?<!${WORDS})(?!${WORDS}))`,
};
const INSIDE: Readonly<Record<string, string>> = { '\\w': '[:word:]', '\\W': '[:^word:]' };

/** Writes classes of word characters out, which the translation takes for others. */
function withWordClasses(source: string): string {
  let depth = 0;
  return source.replaceAll(/\\.|\[:\^?\w+:\]|\[\^?\]?|\]/gs, (part) => {
    if (part.startsWith('\\')) return (depth === 0 ? OUTSIDE : INSIDE)[part] ?? part;
    if (part === ']') depth = Math.max(0, depth - 1);
    else if (!part.startsWith('[:')) depth++;
    return part;
  });
}

/** Looks for a pattern as HF tokenizers does; an empty match directly behind another one is passed over. */
export function finderOf(pattern: RegExp): Finder {
  return (text) => {
    const spans: Span[] = [];
    let [from, done] = [0, 0];
    for (let previous = -1; from <= text.length && text !== ''; ) {
      pattern.lastIndex = from;
      const found = pattern.exec(text);
      if (found === null) break;
      const [start, end] = [found.index, found.index + found[0].length];
      if (isWithinCharacter(text, start)) {
        from = start + 1; // where V8 finds what is of no length, but nothing is
        continue;
      }
      if (start === end && end === previous) {
        from += from < text.length ? characterSize(text, from) : 1;
        continue;
      }
      if (done < start) spans.push([done, start, false]);
      spans.push([start, end, true]);
      from = done = previous = end;
    }
    if (done < text.length) spans.push([done, text.length, false]);
    return spans;
  };
}

/** Finds what another one does not. */
export const inverted =
  (find: Finder): Finder =>
  (text) =>
    find(text).map(([start, end, found]) => [start, end, !found]);
