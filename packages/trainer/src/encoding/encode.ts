import type { Tokenizer } from '@unmask/models';
import type { Example, ExampleOf, GenerationExample, TaggedExample, Task, TextExample } from '@unmask/tasks';

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
}

/**
 * Tokenizes every example once.
 * - classification and regression: the text or pair has one label
 * - token classification: a word's label stands at its first token
 * - generation: prompt, target and end token; each token of the latter two, or of all three, is the label of the token before it
 */
export function encodeExamples<T extends Task>(task: T, tokenizer: Tokenizer, examples: readonly ExampleOf<T>[], options: EncodeOptions): EncodedExample[] {
  const encode = encoderOf(task) as (tokenizer: Tokenizer, example: Example, options: EncodeOptions) => EncodedExample; // the task's kind is its examples'
  return examples.map((example) => encode(tokenizer, example, options));
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
  const start = promptLoss ? 1 : tokenizer.encode(prompt).ids.length;
  const end = tokenizer.specialTokens.eos;
  const ids = [...tokenizer.encode(prompt + target).ids, ...(end ? [end.id] : [])].slice(0, maxLength);
  const labels = ids.slice(start);
  return { inputIds: Int32Array.from(ids), tokenTypeIds: new Int32Array(ids.length), labels, rows: labels.map((_, index) => start + index - 1) };
}
