import { TemplateError, type Token } from './lexer.js';

/** Most brackets, signs and blocks within each other. */
const DEEPEST = 200;

/** A template's tokens one by one. */
export class TokenStream {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get current(): Token {
    return this.#tokens[this.#at];
  }

  get following(): Token {
    return this.#tokens[Math.min(this.#at + 1, this.#tokens.length - 1)];
  }

  next(): Token {
    const token = this.current;
    if (this.#at < this.#tokens.length - 1) this.#at++;
    return token;
  }

  isSymbol(...texts: string[]): boolean {
    return this.current.kind === 'symbol' && texts.includes(this.current.text);
  }

  isName(...texts: string[]): boolean {
    return this.current.kind === 'name' && texts.includes(this.current.text);
  }

  /** Whether a symbol comes next, which is then passed. */
  skipSymbol(text: string): boolean {
    const found = this.isSymbol(text);
    if (found) this.next();
    return found;
  }

  skipName(text: string): boolean {
    const found = this.isName(text);
    if (found) this.next();
    return found;
  }

  symbol(text: string): void {
    if (!this.skipSymbol(text)) this.fail(`"${text}"`);
  }

  name(): string {
    return this.current.kind === 'name' ? this.next().text : this.fail('a name');
  }

  fail(expected: string): never {
    throw new TemplateError(`expected ${expected}, got "${this.current.text.slice(0, 40)}"`);
  }

  /** Reads what may stand within itself. */
  within<T>(read: () => T): T {
    if (++this.#depth > DEEPEST) throw new TemplateError(`more than ${DEEPEST} things within each other`);
    const value = read();
    this.#depth--;
    return value;
  }
}
