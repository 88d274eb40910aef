import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StepProgress } from '@unmask/trainer';
import { savePretrained, Tokenizer } from '@unmask/models';
import { type GenerationExample, getTask, synthesizeSplit } from '@unmask/tasks';
import { Random } from '@unmask/tensor-core';
import { learnBytePairs } from './byte-pairs.js';
import { drawText } from './corpus/index.js';
import { modelCard } from './model-card.js';
import { perplexityOf } from './perplexity.js';
import { configuration, HEAD, pretrain, TOKENS_A_STEP } from './pretrain.js';
import { SPECIAL_TOKENS, tokenizerFiles } from './tokenizer-files.js';

/** Texts from which the tokenizer learns its words. */
const TOKENIZER_TEXTS = 2000;
/** More tokens than there are words; the vocabulary stops growing when each is one token. */
const LARGEST_VOCABULARY = 1024;
/** Texts on which the trained model is measured. */
const UNSEEN_TEXTS = 100;

/** Settings of {@link makeTinyModel}. */
export interface TinyModelOptions {
  readonly steps: number;
  /** Equal seeds give equal files, on one machine and engine. */
  readonly seed: number;
  readonly onStep?: (progress: StepProgress) => void;
}

/**
 * Makes tokenizer, model and model card: a folder in Hugging Face layout.
 * @param out folder to make; it must not be there yet
 * @returns perplexity per token of unseen texts
 */
export async function makeTinyModel(out: string, { steps, seed, onStep }: TinyModelOptions): Promise<{ perplexity: number }> {
  const random = new Random(`tiny language model ${seed}`);
  const folder = await mkdtemp(join(tmpdir(), 'tokenizer-'));
  try {
    const pairs = learnBytePairs(tokenizerTexts(random.fork('tokenizer')), LARGEST_VOCABULARY, SPECIAL_TOKENS);
    for (const [name, content] of Object.entries(tokenizerFiles(pairs))) await writeFile(join(folder, name), `${JSON.stringify(content)}\n`);
    const tokenizer = await Tokenizer.load(folder);
    const vocabulary = pairs.tokens.length;
    const config = configuration(vocabulary);
    const model = await pretrain({ config, tokenizer, steps, random, ...(onStep ? { onStep } : {}) });
    try {
      await savePretrained(model, out, { config, head: HEAD, folder }, { dtype: 'bfloat16' });
      const unseen = random.fork('unseen');
      const perplexity = perplexityOf({ model, tokenizer }, Array.from({ length: UNSEEN_TEXTS }, () => drawText(unseen)));
      const parameters = model.parameters().reduce((sum, { size }) => sum + size, 0);
      await writeFile(join(out, 'README.md'), modelCard({ parameters, vocabulary, steps, tokens: steps * TOKENS_A_STEP, seed, perplexity }));
      return { perplexity };
    } finally {
      model.dispose();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Texts of the corpus, and word problems whose words the tokenizer should know. */
function tokenizerTexts(random: Random): string[] {
  const corpus = Array.from({ length: TOKENIZER_TEXTS }, () => drawText(random));
  const problems = synthesizeSplit(getTask('math_joint'), 'train', { seed: 'tokenizer', count: TOKENIZER_TEXTS }) as GenerationExample[];
  return [...corpus, ...problems.map(({ prompt, target }) => prompt + target)];
}
