import { shown, UnmaskError } from '../errors.js';
import type { PatternNode } from './nodes.js';
import { parsePattern } from './parse.js';

/** Steps that an expression may take for all the texts that it is tried on: a fraction of a second. */
const STEPS = 5_000_000;

/** Positions in a text, each once. */
type Positions = readonly number[];

/**
 * A regular expression in Python's syntax, for names. It follows all ways through a text at once and never goes back; what
 * takes too long even so is refused.
 */
export class Pattern {
  readonly #source: string;
  readonly #field: string;
  readonly #root: PatternNode;
  #steps = 0;

  /**
   * @param field what it is called in messages
   * @throws UnmaskError when it is no regular expression, or has a part that is not supported, by name
   */
  constructor(source: string, field = 'the pattern') {
    this.#source = source;
    this.#field = field;
    this.#root = parsePattern(source, field);
  }

  /** Whether it matches a text as a whole (`re.fullmatch`). @throws UnmaskError when it takes too long */
  matches(text: string): boolean {
    return this.#reachesEnd([...text], [0]);
  }

  /** Whether it matches a dotted name as a whole, or all that follows one of its dots. @throws UnmaskError when it takes too long */
  matchesEnd(name: string): boolean {
    return this.#reachesEnd([...name], afterDots([...name]));
  }

  /** Whether it matches somewhere in a text (`re.search`). @throws UnmaskError when it takes too long */
  matchesWithin(text: string): boolean {
    const characters = [...text];
    return this.#ends(characters, this.#root, everyPosition(characters)).length > 0;
  }

  /**
   * What may follow a match that begins where a dotted name or one of its parts begins: of the first such place first, and of
   * the longest match there.
   * @throws UnmaskError when it takes too long
   */
  remainders(name: string): string[] {
    const characters = [...name];
    return afterDots(characters).flatMap((start) => [...this.#ends(characters, this.#root, [start])].sort((left, right) => right - left).map((end) => characters.slice(end).join('')));
  }

  #reachesEnd(text: readonly string[], starts: Positions): boolean {
    return this.#ends(text, this.#root, starts).includes(text.length);
  }

  /** Where matches of a part of the expression end that begin at any of some positions. */
  #ends(text: readonly string[], node: PatternNode, starts: Positions): Positions {
    this.#steps += starts.length + 1;
    if (this.#steps > STEPS) throw new UnmaskError(`${this.#field} ${shown(this.#source)} takes too long: write a simpler one, or a list of names`, { code: 'bad-data' });
    switch (node.kind) {
      case 'character':
        return starts.filter((start) => start < text.length && node.accepts(text[start])).map((start) => start + 1);
      case 'place':
        return starts.filter((start) => node.holds(text, start));
      case 'sequence':
        return node.parts.reduce<Positions>((reached, part) => (reached.length > 0 ? this.#ends(text, part, reached) : reached), starts);
      case 'choice':
        return unique(node.options.flatMap((option) => this.#ends(text, option, starts)));
      case 'look': {
        const from = node.behind ? everyPosition(text) : starts;
        const seen = new Set(from.flatMap((start) => (node.behind ? this.#ends(text, node.item, [start]) : this.#ends(text, node.item, [start]).length > 0 ? [start] : [])));
        return starts.filter((start) => seen.has(start) !== node.negative);
      }
      case 'repeat':
        return this.#repeated(text, node, starts);
    }
  }

  #repeated(text: readonly string[], { item, least, most }: Extract<PatternNode, { kind: 'repeat' }>, starts: Positions): Positions {
    let reached = starts;
    // Each time goes forward or stays: after as many times as there are characters, another one reaches the same positions.
    for (let times = Math.min(least, text.length + 1); times > 0 && reached.length > 0; times--) reached = this.#ends(text, item, reached);
    const all = new Set(reached);
    for (let times = least; times < most && reached.length > 0; times++) {
      reached = this.#ends(text, item, reached).filter((position) => !all.has(position));
      for (const position of reached) all.add(position);
    }
    return [...all];
  }
}

const unique = (positions: Positions): Positions => (positions.length < 2 ? positions : [...new Set(positions)]);

const everyPosition = (text: readonly string[]): Positions => Array.from({ length: text.length + 1 }, (_, position) => position);

/** Where a dotted name and each of its parts begin. */
const afterDots = (name: readonly string[]): Positions => [0, ...name.flatMap((character, index) => (character === '.' ? [index + 1] : []))];
