/**
 * Fine-tunes a causal language model with ID³ on texts, and says how the loss of held-out texts changed and how much memory
 * loading and a training step took. By hand:
 *   node --import tsx --conditions=@unmask/source tools/acceptance/causal-lm.ts MODEL_FOLDER TEXTS.jsonl [STEPS] [BUDGET] [LEARNING_RATE] [--checkpointing]
 * Each line of TEXTS.jsonl has a question and an answer. The last 64 of the first 2,000 lines are held out.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { peakMemoryMB, resetPeakMemory } from '@unmask/trainer';
import { selective, uniform } from '@unmask/id3';
import { d3 } from '@unmask/importance';
import { loadPretrained, nextTokenLoss, type TokenInputs } from '@unmask/models';
import { adamw, linearDecay } from '@unmask/optimizers';
import { Random, selectBackend, streamGradients, tf } from '@unmask/tensor-core';

const checkpointing = process.argv.includes('--checkpointing');
const [folder, path, ...numbers] = process.argv.slice(2).filter((argument) => argument !== '--checkpointing') as [string, string, ...string[]];
const [steps, budget, learningRate] = [numbers[0] ?? 50, numbers[1] ?? 100_000, numbers[2] ?? 1e-3].map(Number) as [number, number, number];
const [BATCH, LENGTH, ROWS, HELD_OUT] = [4, 128, 2000, 64];

const texts: string[] = [];
for await (const line of createInterface({ input: createReadStream(path) })) {
  const { question, answer } = JSON.parse(line) as { question: string; answer: string };
  texts.push(`${question}\n${answer}`);
  if (texts.length === ROWS) break;
}
const { message } = await selectBackend('auto');
resetPeakMemory();
const baseline = peakMemoryMB();
const random = new Random(1);
const { model, tokenizer } = await loadPretrained(folder, { head: { kind: 'causal-lm' }, random });
const parameters = model.parameters();
const size = parameters.reduce((sum, parameter) => sum + parameter.size, 0);
const loading = peakMemoryMB();

const encode = (rows: readonly string[]): TokenInputs => {
  const batch = tokenizer.encodeBatch(rows.map((text) => [text] as const), { maxLength: LENGTH, paddingSide: 'right' });
  const tensor = (values: Int32Array) => tf.tensor2d(values, [batch.rows, batch.columns], 'int32');
  return { inputIds: tensor(batch.inputIds), attentionMask: tensor(batch.attentionMask), tokenTypeIds: tensor(batch.tokenTypeIds) };
};
const free = (inputs: TokenInputs) => tf.dispose([inputs.inputIds, inputs.attentionMask, inputs.tokenTypeIds]);
const heldOut = texts.slice(-HELD_OUT);
const training = texts.slice(0, -HELD_OUT);

/** Mean loss of the held-out texts. */
function evaluate(): number {
  let sum = 0;
  for (let start = 0; start < HELD_OUT; start += BATCH) {
    const inputs = encode(heldOut.slice(start, start + BATCH));
    sum += tf.tidy(() => nextTokenLoss(model, inputs).dataSync()[0]);
    free(inputs);
  }
  return sum / (HELD_OUT / BATCH);
}

const before = evaluate();
resetPeakMemory();
const strategy = selective(adamw({ weightDecay: 0 }), { metric: d3(), schedule: uniform({ budget, steps }) }).bind(parameters);
const schedule = linearDecay({ steps, warmup: Math.ceil(steps / 20) });
const seconds: number[] = [];
for (let step = 1; step <= steps; step++) {
  const inputs = encode(Array.from({ length: BATCH }, () => training[random.integer(training.length)]));
  const started = performance.now();
  const loss = streamGradients(() => nextTokenLoss(model, inputs, { random, checkpointing }), strategy.sink);
  strategy.step(learningRate * schedule(step));
  seconds.push((performance.now() - started) / 1000);
  process.stderr.write(`\rstep ${step}/${steps} loss ${loss.dataSync()[0].toFixed(3)}  `);
  loss.dispose();
  free(inputs);
}
process.stderr.write('\n');
const step = peakMemoryMB();
const median = seconds.toSorted((left, right) => left - right)[steps >> 1];
console.log(JSON.stringify({
  engine: message, parameters: size, float32MB: (4 * size) / 2 ** 20, steps, budget, unmasked: strategy.unmaskedEntries, learningRate, checkpointing,
  heldOutLossBefore: before, heldOutLossAfter: evaluate(), secondsPerStep: median, peakMemoryMB: { baseline, loading, training: step },
}));
