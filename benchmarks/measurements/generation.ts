import { generate, loadPretrained } from '@unmask/models';
import { Random } from '@unmask/tensor-core';
import type { Figures, Workload } from '../benchmark.js';

/** Greedy continuation of a batch of random prompts by `steps` tokens; the first token, which reads the prompt, is not timed apart. */
export async function run({ model: folder, batch, length, steps }: Workload): Promise<Figures> {
  const random = new Random(1);
  const { model } = await loadPretrained(folder, { head: { kind: 'causal-lm' }, random });
  const prompts = Array.from({ length: batch }, () => Array.from({ length }, () => 1000 + random.integer(20_000)));
  const write = async (count: number) => {
    const started = performance.now();
    await generate(model, prompts, { maxNewTokens: count, eosIds: [] });
    return (performance.now() - started) / 1000;
  };
  await write(2); // it compiles
  const seconds = [await write(steps), await write(steps)];
  return { seconds, tokensPerSecond: seconds.map((time) => (batch * steps) / time) };
}
