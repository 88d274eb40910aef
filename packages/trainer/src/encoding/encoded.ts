import type { Texts, TokenLimits, Tokenizer } from '@unmask/models';

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
  /** Of several texts packed into one sequence: the number of each token's text, from 1 up. */
  readonly texts?: Int32Array;
  /** Sequences that belong to it, such as the answer that is not preferred: the model reads them in the same batch. */
  readonly others?: readonly EncodedExample[];
  /** What the model before training holds of it, where the loss asks for that. */
  readonly reference?: readonly number[];
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

/** The sequences of an example. */
export const sequencesOf = (example: EncodedExample): readonly EncodedExample[] => [example, ...(example.others ?? [])];

/** Tokens of an example's longest sequence. */
export const lengthOf = (example: EncodedExample): number => sequencesOf(example).reduce((longest, { inputIds }) => Math.max(longest, inputIds.length), 0);

/** A text or a pair of texts as a sequence. */
export function tokensOf(tokenizer: Tokenizer, texts: string | Texts, maxLength: number): Pick<EncodedExample, 'inputIds' | 'tokenTypeIds'> {
  const { ids, types } = tokenizer.encode(texts, { maxLength });
  return { inputIds: Int32Array.from(ids), tokenTypeIds: Int32Array.from(types) };
}

/** A sequence of the first segment. @param isAnswer of each token, whether it is to be predicted from those before it; the first never is */
export function nextTokens(ids: readonly number[], isAnswer: (index: number) => boolean): EncodedExample {
  const answered = ids.flatMap((_, index) => (index > 0 && isAnswer(index) ? [index] : []));
  return { inputIds: Int32Array.from(ids), tokenTypeIds: new Int32Array(ids.length), labels: answered.map((index) => ids[index]), rows: answered.map((index) => index - 1) };
}
