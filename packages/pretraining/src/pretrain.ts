import { train, type StepProgress } from '@unmask/trainer';
import { fullFineTuning } from '@unmask/id3';
import { type Head, newModel, nextTokenLoss, type TokenInputs, type Tokenizer, type TransformerModel } from '@unmask/models';
import { adamw, linearDecay } from '@unmask/optimizers';
import { type Random, tf } from '@unmask/tensor-core';
import { drawText } from './corpus/index.js';

/** Rows of a batch, and tokens of a row. */
const [ROWS, COLUMNS] = [16, 128];
/** Tokens of a step. */
export const TOKENS_A_STEP = ROWS * COLUMNS;
/** Highest learning rate, and the share of the steps over which it rises to that. */
const [LEARNING_RATE, WARMUP] = [3e-3, 0.05];

/** What the model has on top. */
export const HEAD: Head = { kind: 'causal-lm' };

/** The shape of the model, as config.json says it. @param vocabulary how many tokens there are */
export const configuration = (vocabulary: number): Record<string, unknown> => ({
  model_type: 'llama',
  vocab_size: vocabulary,
  hidden_size: 128,
  intermediate_size: 352,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  num_key_value_heads: 4,
  max_position_embeddings: 256,
  rope_theta: 10_000,
  rms_norm_eps: 1e-6,
  hidden_act: 'silu',
  initializer_range: 0.02,
  tie_word_embeddings: true,
  bos_token_id: 1,
  eos_token_id: 2,
  pad_token_id: 0,
});

/** What {@link pretrain} needs. */
export interface PretrainOptions {
  readonly config: Readonly<Record<string, unknown>>;
  readonly tokenizer: Tokenizer;
  readonly steps: number;
  /** Where weights and texts come from. */
  readonly random: Random;
  readonly onStep?: (progress: StepProgress) => void;
}

/** Trains a new model to go on with texts of the corpus. Equal options give equal weights. */
export async function pretrain({ config, tokenizer, steps, random, onStep }: PretrainOptions): Promise<TransformerModel> {
  const model = newModel(config, { head: HEAD, random: random.fork('weights') });
  const training = fullFineTuning(adamw({ weightDecay: 0.1 }), { clip: { norm: 1, of: 'full' } }).bind(model.parameters());
  const schedule = linearDecay({ steps, warmup: Math.round(WARMUP * steps) });
  await train<TokenInputs>({
    training,
    steps: batches(tokenizer, steps, random.fork('texts')),
    loss: (batch) => nextTokenLoss(model, batch),
    learningRate: (step) => LEARNING_RATE * schedule(step),
    afterStep: (progress) => {
      onStep?.(progress);
      return undefined;
    },
  });
  return model;
}

/** Rows without padding: texts one after the other, each between its begin and end tokens, cut wherever a row is full. */
function* batches(tokenizer: Tokenizer, steps: number, random: Random): Generator<readonly TokenInputs[]> {
  const shape: [number, number] = [ROWS, COLUMNS];
  const rest: number[] = [];
  for (let step = 0; step < steps; step++) {
    while (rest.length < TOKENS_A_STEP) rest.push(...tokenizer.encode(drawText(random)).ids, tokenizer.specialTokens.eos!.id);
    const batch = {
      inputIds: tf.tensor2d(rest.splice(0, TOKENS_A_STEP), shape, 'int32'),
      attentionMask: tf.ones(shape, 'int32'),
      tokenTypeIds: tf.zeros(shape, 'int32'),
    };
    yield [batch];
    tf.dispose({ ...batch });
  }
}
