import { checkEncoding, type TokenLimits, type Tokenizer } from '@unmask/models';
import type { Example, ExampleOf, Task } from '@unmask/tasks';
import { UnmaskError } from '@unmask/tensor-core';
import { formOf } from '../forms/index.js';
import { type EncodedExample, type EncodeOptions, lengthOf, sequencesOf } from './encoded.js';

/**
 * Tokenizes every example once, as its task's form has it.
 * @throws UnmaskError for an example that the model has no rows for
 */
export function encodeExamples<T extends Task>(task: T, tokenizer: Tokenizer, examples: readonly ExampleOf<T>[], options: EncodeOptions): EncodedExample[] {
  const form = formOf(task);
  return examples.map((example) => {
    const encoded = form.encode(tokenizer, example, options, task);
    if (options.limits) checkLimits([encoded], options.limits, tokenizer);
    return encoded;
  });
}

/** @throws UnmaskError when the model has no rows for an example */
export function checkLimits(examples: readonly EncodedExample[], limits: TokenLimits, tokenizer: Tokenizer): void {
  for (const { inputIds: ids, tokenTypeIds: types } of examples.flatMap(sequencesOf)) checkEncoding({ ids, types }, limits, tokenizer);
}

/**
 * Checks before training that something of the answers is left.
 * @param encoded the examples, cut off at `maxLength`
 * @throws UnmaskError when all of them are cut off, with a length that would do for one
 */
export function checkAnswers(task: Task, tokenizer: Tokenizer, examples: readonly Example[], encoded: readonly EncodedExample[], maxLength: number): void {
  const isAnswered = (example: EncodedExample) => sequencesOf(example).every(({ labels }) => labels.length > 0);
  if (task.kind === 'multilabel' || encoded.some(isAnswered)) return;
  const whole = encodeExamples<Task>(task, tokenizer, examples, { maxLength: Number.MAX_SAFE_INTEGER });
  const shortest = whole.reduce((least, example) => Math.min(least, Math.max(...sequencesOf(example).map(({ rows }) => (rows[0] ?? Infinity) + 1))), Infinity);
  throw new UnmaskError(`--max-length ${maxLength} cuts off the answers of all ${examples.length} training rows: their prompts have ${shortest} tokens and more; give a larger --max-length, or shorten the prompts`, { code: 'bad-data' });
}

/** Of examples encoded in full: how many have more tokens than a model is given, and how many of these no answer before that. */
export function countCutOff(encoded: readonly EncodedExample[], maxLength: number): { readonly long: number; readonly unanswered: number } {
  const long = encoded.filter((example) => lengthOf(example) > maxLength);
  return { long: long.length, unanswered: long.filter((example) => sequencesOf(example).some(({ rows: [first = -1] }) => first + 1 >= maxLength)).length };
}
