import type { Configuration } from '../../conformance.js';

export const configurations: readonly Configuration[] = [
  { name: 'LoRA', config: { peft_type: 'LORA', r: 3, lora_alpha: 6, lora_dropout: 0.2 } },
  { name: 'rsLoRA of all linear layers', config: { peft_type: 'LORA', r: 2, use_rslora: true, target_modules: 'all-linear', init_lora_weights: 'gaussian' } },
  { name: 'LoRA with a head', config: { peft_type: 'LORA', r: 2, task_type: 'SEQ_CLS' } },
  { name: 'DoRA with dropout', config: { peft_type: 'LORA', r: 2, use_dora: true, lora_dropout: 0.2 }, exactGradients: false },
  { name: 'LoRA with patterns and all biases', config: { peft_type: 'LORA', r: 4, init_lora_weights: 'orthogonal', bias: 'all', rank_pattern: { '0\\..*': 2 }, alpha_pattern: { '1\\..*': 3 } } },
  { name: 'LoRA of embeddings', config: { peft_type: 'LORA', r: 2, target_modules: '.*\\.(word_embeddings|wpe|q_proj)' } },
];
