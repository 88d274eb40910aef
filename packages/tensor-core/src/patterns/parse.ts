import { shown, UnmaskError } from '../errors.js';
import { type CharacterTest, classTest, type Flags, inAnyCase, lineEnd, lineStart, type PatternNode, PLACES } from './nodes.js';

/** Longest expression, in characters, and most parentheses one within another. */
const [LONGEST, DEEPEST] = [50_000, 200];

/** Characters that an escaped letter stands for. */
const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** How many hexadecimal digits follow an escaped letter. */
const HEXADECIMAL: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Groups that look at more than which texts an expression matches, by how they begin. */
const UNSUPPORTED = [
  ['(?P=', 'a group that repeats what another matched'],
  ['(?>', 'an atomic group'],
  ['(?(', 'a conditional group'],
] as const;

/**
 * Reads a regular expression in Python's syntax (https://docs.python.org/3/library/re.html). Groups capture nothing.
 * @param field what it is called in messages
 * @throws UnmaskError when it is none, or has a part that is not supported, by name
 */
export function parsePattern(source: string, field: string): PatternNode {
  return new Parser(source, field).read();
}

class Parser {
  readonly #source: string;
  readonly #field: string;
  readonly #text: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(source: string, field: string) {
    this.#source = source;
    this.#field = field;
    this.#text = source.length <= LONGEST ? [...source] : [];
  }

  read(): PatternNode {
    if (this.#source.length > LONGEST) this.#fail(`it is longer than ${LONGEST} characters`);
    const node = this.#choice(new Set(this.#globalFlags()));
    return this.#at === this.#text.length ? node : this.#fail('a parenthesis closes what none opened');
  }

  #globalFlags(): string {
    const flags = /^\(\?([aimsux]+)\)/.exec(this.#source);
    this.#at += flags?.[0].length ?? 0;
    return flags?.[1] ?? '';
  }

  #choice(flags: Flags): PatternNode {
    const options = [this.#sequence(flags)];
    while (this.#takes('|')) options.push(this.#sequence(flags));
    return options.length === 1 ? options[0] : { kind: 'choice', options };
  }

  #sequence(flags: Flags): PatternNode {
    const parts: PatternNode[] = [];
    for (let next = this.#peek(flags); next !== undefined && next !== '|' && next !== ')'; next = this.#peek(flags)) {
      const item = this.#item(flags);
      if (item) parts.push(this.#repeated(item, flags));
    }
    return parts.length === 1 ? parts[0] : { kind: 'sequence', parts };
  }

  /** The next character that counts: under the flag `x` white space and comments do not. */
  #peek(flags: Flags): string | undefined {
    while (flags.has('x') && /^[\s#]$/.test(this.#text[this.#at] ?? '')) {
      if (this.#text[this.#at] === '#') while (this.#at < this.#text.length && this.#text[this.#at] !== '\n') this.#at++;
      else this.#at++;
    }
    return this.#text[this.#at];
  }

  /** @returns undefined for a comment */
  #item(flags: Flags): PatternNode | undefined {
    if (this.#starts('(')) return this.#group(flags);
    const character = this.#text[this.#at++];
    switch (character) {
      case '.':
        return { kind: 'character', accepts: flags.has('s') ? () => true : (each) => each !== '\n' };
      case '^':
        return { kind: 'place', holds: lineStart(flags) };
      case '$':
        return { kind: 'place', holds: lineEnd(flags) };
      case '[':
        return { kind: 'character', accepts: this.#set(flags) };
      case '\\':
        return this.#escape(flags);
      case '*':
      case '+':
      case '?':
        return this.#fail(`"${character}" repeats nothing`);
      default:
        return { kind: 'character', accepts: inAnyCase((each) => each === character, flags) };
    }
  }

  #group(flags: Flags): PatternNode | undefined {
    const unsupported = UNSUPPORTED.find(([start]) => this.#starts(start));
    if (unsupported) this.#refuse(unsupported[1]);
    if (this.#takes('(?#')) {
      while (this.#at < this.#text.length && this.#text[this.#at] !== ')') this.#at++;
      this.#close();
      return undefined;
    }
    for (const [start, behind, negative] of [['(?=', false, false], ['(?!', false, true], ['(?<=', true, false], ['(?<!', true, true]] as const) {
      if (this.#takes(start)) return { kind: 'look', item: this.#inner(flags), behind, negative };
    }
    const rest = this.#ahead(200);
    const named = /^\(\?P?<[^\W\d]\w*>/.exec(rest) ?? /^\((?!\?)/.exec(rest);
    const flagged = /^\(\?([aimsux]*)(?:-([imsx]+))?:/.exec(rest);
    const start = (named ?? flagged ?? this.#fail(`there is no group like ${shown(rest.slice(0, 8))}`))[0];
    this.#at += start.length;
    const removed = flagged?.[2] ?? '';
    return this.#inner(flagged ? new Set([...flags, ...flagged[1]].filter((flag) => !removed.includes(flag))) : flags);
  }

  /** What is between parentheses, the first of which has been read. */
  #inner(flags: Flags): PatternNode {
    if (++this.#depth > DEEPEST) this.#fail(`more than ${DEEPEST} parentheses are open at once`);
    const node = this.#choice(flags);
    this.#close();
    this.#depth--;
    return node;
  }

  #close(): void {
    if (!this.#takes(')')) this.#fail('a parenthesis is not closed');
  }

  #repeated(item: PatternNode, flags: Flags): PatternNode {
    this.#peek(flags);
    const [least, most] = this.#quantifier() ?? [1, 1];
    if (least === 1 && most === 1) return item;
    if (least > most) this.#fail(`{${least},${most}} ends before it begins`);
    if (this.#takes('+')) this.#refuse('a possessive repetition');
    this.#takes('?'); // Lazy or not, the same texts match.
    if (this.#quantifier()) this.#fail('a repetition is repeated');
    return { kind: 'repeat', item, least, most };
  }

  #quantifier(): [least: number, most: number] | undefined {
    if (this.#takes('*')) return [0, Infinity];
    if (this.#takes('+')) return [1, Infinity];
    if (this.#takes('?')) return [0, 1];
    const braces = this.#starts('{') ? /^\{(\d*)(,?)(\d*)\}/.exec(this.#ahead(40)) : null;
    if (!braces || (braces[1] === '' && braces[2] === '')) return undefined; // A brace that counts nothing is a character.
    this.#at += braces[0].length;
    const least = Number(braces[1]);
    return [least, braces[2] === '' ? least : braces[3] === '' ? Infinity : Number(braces[3])];
  }

  /** After a backslash outside of brackets. */
  #escape(flags: Flags): PatternNode {
    const letter = this.#text[this.#at] ?? this.#fail('it ends in a backslash');
    if (Object.hasOwn(PLACES, letter)) {
      this.#at++;
      return { kind: 'place', holds: PLACES[letter] };
    }
    if (/^[1-9]$/.test(letter)) this.#refuse(`"\\${letter}", which repeats what a group matched`);
    return { kind: 'character', accepts: inAnyCase(this.#escaped(flags), flags) };
  }

  /** The characters that stand behind a backslash. */
  #escaped(flags: Flags): CharacterTest {
    const letter = this.#text[this.#at++] ?? this.#fail('it ends in a backslash');
    const test = classTest(letter, flags);
    if (test) return test;
    const character = this.#escapedCharacter(letter);
    return (each) => each === character;
  }

  #escapedCharacter(letter: string): string {
    if (Object.hasOwn(ESCAPES, letter)) return ESCAPES[letter];
    const digits = HEXADECIMAL[letter];
    if (digits !== undefined) return this.#coded(new RegExp(`^[0-9a-fA-F]{${digits}}`), 16);
    if (letter === '0') return this.#coded(/^[0-7]{0,2}/, 8);
    return /^[a-zA-Z1-9]$/.test(letter) ? this.#fail(`"\\${letter}" is no escape`) : letter;
  }

  #coded(form: RegExp, base: number): string {
    const digits = form.exec(this.#ahead(8))?.[0] ?? this.#fail('a code lacks digits');
    this.#at += digits.length;
    const code = digits === '' ? 0 : Number.parseInt(digits, base);
    return code <= 0x10ffff ? String.fromCodePoint(code) : this.#fail('a code is beyond the last character');
  }

  /** Between brackets, the first of which has been read. */
  #set(flags: Flags): CharacterTest {
    const negative = this.#takes('^');
    const tests: CharacterTest[] = [];
    while (tests.length === 0 || !this.#starts(']')) {
      const first = this.#member(flags);
      const isRange = this.#starts('-') && this.#text[this.#at + 1] !== ']';
      if (isRange) this.#at++;
      tests.push(isRange ? this.#range(first, this.#member(flags)) : typeof first === 'string' ? (each) => each === first : first);
    }
    this.#at++;
    const accepts = inAnyCase((each) => tests.some((test) => test(each)), flags);
    return negative ? (each) => !accepts(each) : accepts;
  }

  #range(first: string | CharacterTest, last: string | CharacterTest): CharacterTest {
    if (typeof first !== 'string' || typeof last !== 'string') return this.#fail('a class of characters begins or ends a range');
    const [low, high] = [first.codePointAt(0)!, last.codePointAt(0)!];
    if (low > high) this.#fail(`the range ${first}-${last} ends before it begins`);
    return (each) => each.codePointAt(0)! >= low && each.codePointAt(0)! <= high;
  }

  /** One character between brackets, or a class of them. */
  #member(flags: Flags): string | CharacterTest {
    const character = this.#text[this.#at++] ?? this.#fail('a bracket is not closed');
    if (character !== '\\') return character;
    const letter = this.#text[this.#at++] ?? this.#fail('it ends in a backslash');
    return letter === 'b' ? '\b' : classTest(letter, flags) ?? this.#escapedCharacter(letter);
  }

  /** The next characters. */
  #ahead(count: number): string {
    return this.#text.slice(this.#at, this.#at + count).join('');
  }

  #starts(text: string): boolean {
    return text.length === 1 ? this.#text[this.#at] === text : this.#ahead(text.length) === text;
  }

  #takes(text: string): boolean {
    if (!this.#starts(text)) return false;
    this.#at += text.length;
    return true;
  }

  #fail(problem: string): never {
    throw new UnmaskError(`${this.#field} ${shown(this.#source)} is no regular expression: ${problem}`, { code: 'bad-data' });
  }

  #refuse(part: string): never {
    throw new UnmaskError(`${this.#field} ${shown(this.#source)} has ${part}, which is not supported: write it without`, { code: 'unsupported' });
  }
}
