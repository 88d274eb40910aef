/** What a {@link modelCard} tells. */
export interface CardFacts {
  readonly parameters: number;
  readonly vocabulary: number;
  readonly steps: number;
  /** Of all steps, in tokens. */
  readonly tokens: number;
  readonly seed: number;
  /** On texts that it was not trained on. */
  readonly perplexity: number;
}

/** The README.md of a trained model. */
export const modelCard = ({ parameters, vocabulary, steps, tokens, seed, perplexity }: CardFacts): string => `---
license: apache-2.0
language: en
library_name: transformers
pipeline_tag: text-generation
---

# Unmask tiny language model

A Llama of ${parameters.toLocaleString('en')} parameters that knows sums up to 61, two hundred English words and how to copy from what it has read.
It is there to be fine-tuned: on it the small evaluation of Unmask compares methods on word problems, without a download.
It is of no other use.

Trained by \`npm run pretrain:tiny\` from random weights (seed ${seed}) in ${steps.toLocaleString('en')} steps, ${(tokens / 1e6).toFixed(1)} million tokens, on texts that
\`packages/pretraining\` draws from templates: equations, counted things, lists, plain sentences, things said twice, and calculations asked for in the
form of an instruction. Nobody's data went into it. The word problems of the evaluation come from templates of their own; of
such problems the tokenizer has seen the words, and the model nothing.

Tokenizer: byte pairs, ${vocabulary} tokens, each digit one. Perplexity per token on unseen texts of the same kind: ${perplexity.toFixed(2)}; a good part of
it is names and numbers that are drawn at random.

Weights in bfloat16. Licence: Apache-2.0.
`;
