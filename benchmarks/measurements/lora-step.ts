import { getPeftModel } from '@unmask/adapters';
import { fullFineTuning } from '@unmask/id3';
import { adamw } from '@unmask/optimizers';
import { compile, Random, streamGradients } from '@unmask/tensor-core';
import type { Figures, Workload } from '../benchmark.js';
import { classifier, timed } from './classifier.js';

/** Forward, backward and an AdamW step of LoRA of rank 8 in all linear layers. */
export async function run(workload: Workload): Promise<Figures> {
  const { pretrained, loss } = await classifier(workload);
  const model = getPeftModel(pretrained, { peft_type: 'LORA', r: 8, lora_alpha: 16, target_modules: 'all-linear' }, { random: new Random(1) });
  const training = fullFineTuning(adamw({ weightDecay: 0 })).bind(model.trainableParameters());
  const step = () => {
    streamGradients(() => loss(model), training.sink).dispose();
    training.step(1e-4);
  };
  const seconds = timed(workload, workload.compiled ? compile(step) : step);
  return { seconds };
}
