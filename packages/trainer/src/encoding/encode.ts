import { checkEncoding, type TokenLimits, type Tokenizer } from '@unmask/models';
import type { Example, ExampleOf, GenerationExample, TaggedExample, Task, TextExample } from '@unmask/tasks';
import { UnmaskError } from '@unmask/tensor-core';

/** An example as token ids, not padded, with what a model should answer. */
export interface EncodedExample {
  readonly inputIds: Int32Array;
  readonly tokenTypeIds: Int32Array;
  /** Class ids, or one score. */
  readonly labels: readonly number[];
  /**
   * Which row of the example's logits answers each label: 0 where a head gives one row a sequence, else the index of a token;
   * −1 for what was cut off.
   */
  readonly rows: readonly number[];
}

/** How examples become tokens. */
export interface EncodeOptions {
  /** In tokens, special ones included; what is longer is cut off. */
  readonly maxLength: number;
  /** Whether the tokens of a prompt are labels, too; false by default. */
  readonly promptLoss?: boolean;
  /** What the model has rows for, which every example is held against. */
  readonly limits?: TokenLimits;
}

/**
 * Tokenizes every example once.
 * - classification and regression: the text or pair has one label
 * - token classification: a word's label stands at its first token
 * - generation: the prompt as it is when a model is asked, target and end token; each token of the latter two, or of all three, is the label of the token before it
 * @throws UnmaskError for an example that the model has no rows for
 */
export function encodeExamples<T extends Task>(task: T, tokenizer: Tokenizer, examples: readonly ExampleOf<T>[], options: EncodeOptions): EncodedExample[] {
  const encode = encoderOf(task) as (tokenizer: Tokenizer, example: Example, options: EncodeOptions) => EncodedExample; // the task's kind is its examples'
  return examples.map((example) => {
    const encoded = encode(tokenizer, example, options);
    if (options.limits) checkEncoding({ ids: encoded.inputIds, types: encoded.tokenTypeIds }, options.limits, tokenizer);
    return encoded;
  });
}

/**
 * Checks before training that something of the answers is left.
 * @param encoded the examples, cut off at `maxLength`
 * @throws UnmaskError when all of them are cut off, with a length that would do for one
 */
export function checkAnswers(task: Task, tokenizer: Tokenizer, examples: readonly Example[], encoded: readonly EncodedExample[], maxLength: number): void {
  if (task.kind !== 'generation' || encoded.some(({ labels }) => labels.length > 0)) return;
  const shortest = (examples as readonly GenerationExample[]).reduce((least, { prompt }) => Math.min(least, tokenizer.encodePrompt(prompt).length), Infinity);
  throw new UnmaskError(`--max-length ${maxLength} cuts off the answers of all ${examples.length} training rows: their prompts have ${shortest} tokens and more; give a larger --max-length, or shorten the prompts`, { code: 'bad-data' });
}

function encoderOf({ kind }: Task) {
  switch (kind) {
    case 'generation':
      return encodeGeneration;
    case 'token-classification':
      return encodeWords;
    default:
      return encodeTexts;
  }
}

function encodeTexts(tokenizer: Tokenizer, { texts, label }: TextExample, { maxLength }: EncodeOptions): EncodedExample {
  const { ids, types } = tokenizer.encode(texts, { maxLength });
  return { inputIds: Int32Array.from(ids), tokenTypeIds: Int32Array.from(types), labels: [label], rows: [0] };
}

function encodeWords(tokenizer: Tokenizer, { words, label }: TaggedExample, { maxLength }: EncodeOptions): EncodedExample {
  const { ids, types, words: wordOf } = tokenizer.encodeWords(words, { maxLength });
  return { inputIds: Int32Array.from(ids), tokenTypeIds: Int32Array.from(types), labels: label, rows: words.map((_, word) => wordOf.indexOf(word)) };
}

function encodeGeneration(tokenizer: Tokenizer, { prompt, target }: GenerationExample, { maxLength, promptLoss = false }: EncodeOptions): EncodedExample {
  const opening = tokenizer.encodePrompt(prompt);
  const start = promptLoss ? 1 : opening.length;
  const end = tokenizer.specialTokens.eos;
  const ids = [...opening, ...tokenizer.encodeAnswer(prompt, target), ...(end ? [end.id] : [])].slice(0, maxLength);
  const labels = ids.slice(start);
  return { inputIds: Int32Array.from(ids), tokenTypeIds: new Int32Array(ids.length), labels, rows: labels.map((_, index) => start + index - 1) };
}
