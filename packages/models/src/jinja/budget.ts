import { TemplateError } from './lexer.js';

/** Most steps of a template, and most characters or items of a value. */
const [STEPS, SIZE] = [1_000_000, 10_000_000];

/** Characters or items that one step goes through. */
const EACH = 100;

/** Ends templates that would run for ever or make values without end. */
export class Budget {
  #left = STEPS;

  /** Counts a step, and more where it goes through so many characters or items. */
  spend(size = 0): void {
    this.#left -= 1 + size / EACH;
    if (this.#left < 0) throw new TemplateError(`it takes more than ${STEPS} steps, which no conversation needs`);
  }

  /** Checks the size of a value that is to be made. @returns it */
  size(size: number): number {
    if (size > SIZE) throw new TemplateError(`it makes a value of ${size} characters or items, at most ${SIZE} are allowed`);
    this.spend(size);
    return size;
  }
}
