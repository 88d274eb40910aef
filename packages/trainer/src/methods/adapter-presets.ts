import { houlsby, parallel, pfeiffer } from '@unmask/adapters';

/** An adapter as a method of the benchmark. */
export interface AdapterPreset {
  /** One line for `--help`. */
  readonly summary: string;
  /** Steps of a training → its configuration, in HF PEFT's fields. */
  readonly config: (steps: number) => Readonly<Record<string, unknown>>;
  /** A learning rate to start from. */
  readonly learningRate: number;
  /** The paper that it is from. */
  readonly source: string;
}

/** Adapters by the names that methods give them. */
export const ADAPTER_PRESETS: Readonly<Record<string, AdapterPreset>> = {
  lora: { summary: 'LoRA of rank 8', config: () => ({ peft_type: 'LORA', r: 8, lora_alpha: 16 }), learningRate: 1e-3, source: 'arXiv 2106.09685' },
  dora: { summary: 'LoRA of rank 8 with decomposed weights', config: () => ({ peft_type: 'LORA', r: 8, lora_alpha: 16, use_dora: true }), learningRate: 1e-3, source: 'arXiv 2402.09353' },
  adalora: { summary: 'AdaLoRA: ranks of 12 at first, 8 on average at the end, where they matter most', config: adaLoRa, learningRate: 2e-3, source: 'arXiv 2303.10512' },
  ia3: { summary: '(IA)³: factors of keys, values and feed-forward activations', config: () => ({ peft_type: 'IA3' }), learningRate: 1e-2, source: 'arXiv 2205.05638' },
  'ln-tuning': { summary: 'the normalisations, and nothing else', config: () => ({ peft_type: 'LN_TUNING', target_modules: '.*(LayerNorm|layer_?norm|ln_\\w|norm)' }), learningRate: 2e-3, source: 'arXiv 2312.11420' },
  'prompt-tuning': { summary: '20 vectors before the words', config: () => ({ peft_type: 'PROMPT_TUNING', num_virtual_tokens: 20 }), learningRate: 3e-2, source: 'arXiv 2104.08691' },
  'prefix-tuning': { summary: '20 keys and values before those of each layer', config: () => ({ peft_type: 'PREFIX_TUNING', num_virtual_tokens: 20 }), learningRate: 1e-2, source: 'arXiv 2101.00190' },
  houlsby: { summary: 'bottlenecks after attention and feed-forward blocks', config: () => houlsby, learningRate: 1e-3, source: 'arXiv 1902.00751' },
  pfeiffer: { summary: 'bottlenecks after feed-forward blocks', config: () => pfeiffer, learningRate: 1e-3, source: 'arXiv 2005.00247' },
  parallel: { summary: 'bottlenecks beside feed-forward blocks', config: () => parallel, learningRate: 1e-3, source: 'arXiv 2110.04366' },
};

/** Ranks stay for the first tenth of the steps, fall until three tenths are left, and train on as they are. */
function adaLoRa(steps: number): Readonly<Record<string, unknown>> {
  const part = (share: number) => Math.max(1, Math.round(share * steps));
  return { peft_type: 'ADALORA', init_r: 12, target_r: 8, lora_alpha: 16, total_step: steps, tinit: part(0.1), tfinal: part(0.3), deltaT: part(0.01) };
}
