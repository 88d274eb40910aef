import { loadPretrained } from '@unmask/models';
import { Random } from '@unmask/tensor-core';
import type { Figures, Workload } from '../benchmark.js';

/** Reading a checkpoint into a classifier, tokenizer included, with what the system still holds of its files. */
export async function run({ model: folder, warmUp, steps }: Workload): Promise<Figures> {
  const seconds: number[] = [];
  for (let repetition = 0; repetition < warmUp + steps; repetition++) {
    const started = performance.now();
    const { model } = await loadPretrained(folder, { head: { kind: 'classification', labels: 2 }, random: new Random(1) });
    seconds.push((performance.now() - started) / 1000);
    model.dispose();
  }
  return { seconds: seconds.slice(warmUp) };
}
