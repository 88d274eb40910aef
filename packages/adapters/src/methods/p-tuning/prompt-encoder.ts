import { Linear, Module, Parameter, type Random, relu, reshape, type tf } from '@unmask/tensor-core';
import { normal, uniform } from '../lora/initial.js';

/** The network that makes a prompt of trained vectors: linear, ReLU, linear, ReLU, linear (HF PEFT tuners/p_tuning/model.py, PromptEncoder). */
export class PromptEncoder extends Module {
  /** What the network starts from, [P, e]. In files the prompt stands under its name. */
  readonly prompt_embeddings: Parameter;
  readonly mlp_head: readonly [Linear, Linear, Linear];

  /** @param count P @param size e */
  constructor(count: number, size: number, hidden: number, random: Random) {
    super();
    this.prompt_embeddings = new Parameter([count, size], () => normal(count * size, random.fork('embedding')));
    const layer = (index: number, from: number, to: number) => freshLinear(from, to, random.fork(`layer ${index}`));
    this.mlp_head = [layer(0, size, hidden), layer(1, hidden, hidden), layer(2, hidden, size)];
  }

  /** The prompt, [P, e]. */
  forward(): tf.Tensor {
    const [first, second, third] = this.mlp_head;
    const start = reshape(this.prompt_embeddings, this.prompt_embeddings.shape); // a tensor that the tape follows
    return third.forward(relu(second.forward(relu(first.forward(start)))));
  }
}

/** As PyTorch's Linear starts: U(−1/√in, 1/√in). */
function freshLinear(inFeatures: number, outFeatures: number, random: Random): Linear {
  const layer = new Linear(inFeatures, outFeatures);
  const bound = 1 / Math.sqrt(inFeatures);
  layer.weight.modify((values) => values.set(uniform(values.length, bound, random)));
  layer.bias!.modify((values) => values.set(uniform(values.length, bound, random)));
  return layer;
}
