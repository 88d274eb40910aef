import { houlsby, parallel, pfeiffer } from '@unmask/adapters';
import type { Method } from './method.js';

/** An adapter as a method of the benchmark. */
export interface AdapterPreset {
  /** One line for `--help`. */
  readonly summary: string;
  /** Steps of a training → its configuration, in HF PEFT's fields. */
  readonly config: (steps: number) => Readonly<Record<string, unknown>>;
  /** A learning rate to start from. */
  readonly learningRate: number;
  /** How one that trains some entries of weights chooses them, in a few words each. */
  readonly parts?: NonNullable<Method['parts']>;
  /** The paper that it is from. */
  readonly source: string;
}

/** Adapters by the names that methods give them. */
export const ADAPTER_PRESETS: Readonly<Record<string, AdapterPreset>> = {
  lora: { summary: 'LoRA of rank 8', config: () => ({ peft_type: 'LORA', r: 8, lora_alpha: 16 }), learningRate: 1e-3, source: 'arXiv 2106.09685' },
  dora: { summary: 'LoRA of rank 8 with decomposed weights', config: () => ({ peft_type: 'LORA', r: 8, lora_alpha: 16, use_dora: true }), learningRate: 1e-3, source: 'arXiv 2402.09353' },
  adalora: { summary: 'AdaLoRA: ranks of 12 at first, 8 on average at the end, where they matter most', config: adaLoRa, learningRate: 2e-3, source: 'arXiv 2303.10512' },
  loha: { summary: 'LoHa of rank 8: products of two low-rank updates', config: () => ({ peft_type: 'LOHA', r: 8, alpha: 16 }), learningRate: 3e-3, source: 'arXiv 2108.06098' },
  lokr: { summary: 'LoKr of rank 8: Kronecker products', config: () => ({ peft_type: 'LOKR', r: 8, alpha: 16 }), learningRate: 3e-3, source: 'arXiv 2212.10650' },
  oft: { summary: 'OFT: rotations of blocks of 32 inputs', config: () => ({ peft_type: 'OFT', oft_block_size: 32 }), learningRate: 3e-3, source: 'arXiv 2306.07280' },
  boft: { summary: 'BOFT: two factors of rotations of blocks of 8 inputs', config: () => ({ peft_type: 'BOFT', boft_block_size: 8, boft_n_butterfly_factor: 2 }), learningRate: 3e-3, source: 'arXiv 2311.06243' },
  vera: { summary: 'VeRA of rank 256: vectors around shared random projections', config: () => ({ peft_type: 'VERA', r: 256 }), learningRate: 1e-2, source: 'arXiv 2310.11454' },
  miss: { summary: 'MiSS of rank 16: one block that all blocks of inputs share', config: () => ({ peft_type: 'MISS', r: 16 }), learningRate: 1e-3, source: 'arXiv 2409.15371' },
  fourierft: { summary: '1,000 Fourier coefficients a layer', config: () => ({ peft_type: 'FOURIERFT', n_frequency: 1000, init_weights: true }), learningRate: 3e-2, source: 'arXiv 2405.03003' },
  shira: { summary: 'SHiRA: random entries, as many as LoRA of rank 8 has', config: () => ({ peft_type: 'SHIRA', r: 8 }), learningRate: 5e-3, parts: { metric: 'random', schedule: 'once', scope: 'each adapted layer' }, source: 'arXiv 2406.13175' },
  supertuning: { summary: 'Super-Tuning: the largest 1 % of the entries', config: () => ({ peft_type: 'SUPERTUNING', sparsity: 0.99 }), learningRate: 5e-3, parts: { metric: '|θ|', schedule: 'once', scope: 'each adapted layer' }, source: 'arXiv 2607.09287' },
  rosa: { summary: 'RoSA: LoRA of rank 4 together with 1 % of the entries, those with the largest gradients', config: rosa, learningRate: 1e-3, parts: { metric: '∇²', schedule: 'once, after a tenth of the steps', scope: 'each adapted layer' }, source: 'arXiv 2401.04679' },
  ia3: { summary: '(IA)³: factors of keys, values and feed-forward activations', config: () => ({ peft_type: 'IA3' }), learningRate: 1e-2, source: 'arXiv 2205.05638' },
  'ln-tuning': { summary: 'the normalisations, and nothing else', config: () => ({ peft_type: 'LN_TUNING', target_modules: '.*(LayerNorm|layer_?norm|ln_\\w|norm)' }), learningRate: 2e-3, source: 'arXiv 2312.11420' },
  'prompt-tuning': { summary: '20 vectors before the words', config: () => ({ peft_type: 'PROMPT_TUNING', num_virtual_tokens: 20 }), learningRate: 3e-2, source: 'arXiv 2104.08691' },
  'p-tuning': { summary: '20 vectors before the words, made by a network', config: () => ({ peft_type: 'P_TUNING', num_virtual_tokens: 20 }), learningRate: 1e-3, source: 'arXiv 2103.10385' },
  'prefix-tuning': { summary: '20 keys and values before those of each layer', config: () => ({ peft_type: 'PREFIX_TUNING', num_virtual_tokens: 20 }), learningRate: 1e-2, source: 'arXiv 2101.00190' },
  houlsby: { summary: 'bottlenecks after attention and feed-forward blocks', config: () => houlsby, learningRate: 1e-3, source: 'arXiv 1902.00751' },
  pfeiffer: { summary: 'bottlenecks after feed-forward blocks', config: () => pfeiffer, learningRate: 1e-3, source: 'arXiv 2005.00247' },
  parallel: { summary: 'bottlenecks beside feed-forward blocks', config: () => parallel, learningRate: 1e-3, source: 'arXiv 2110.04366' },
};

/** LoRA's part trains alone for a tenth of the steps. */
function rosa(steps: number): Readonly<Record<string, unknown>> {
  return { peft_type: 'ROSA', r: 4, lora_alpha: 8, d: 0.01, warmup_steps: Math.max(1, Math.round(0.1 * steps)) };
}

/** Ranks stay for the first tenth of the steps, fall until three tenths are left, and train on as they are. */
function adaLoRa(steps: number): Readonly<Record<string, unknown>> {
  const part = (share: number) => Math.max(1, Math.round(share * steps));
  return { peft_type: 'ADALORA', init_r: 12, target_r: 8, lora_alpha: 16, total_step: steps, tinit: part(0.1), tfinal: part(0.3), deltaT: part(0.01) };
}
