import { type LanguageModel, nextTokenLoss } from '@unmask/models';
import { tf } from '@unmask/tensor-core';

/** Perplexity per token of some texts, each read by itself: e to the mean cross entropy. Uniform guesses have the size of the vocabulary. */
export function perplexityOf({ model, tokenizer }: Pick<LanguageModel, 'model' | 'tokenizer'>, texts: readonly string[]): number {
  let [loss, count] = [0, 0];
  for (const text of texts) {
    const { ids } = tokenizer.encode(text);
    const mean = tf.tidy(() => {
      const inputIds = tf.tensor2d([[...ids]], undefined, 'int32');
      return nextTokenLoss(model, { inputIds, attentionMask: tf.onesLike(inputIds), tokenTypeIds: tf.zerosLike(inputIds) }).dataSync()[0];
    });
    loss += mean * (ids.length - 1);
    count += ids.length - 1;
  }
  return Math.exp(loss / count);
}
