import type { Configuration } from '../../conformance.js';

export const configurations: readonly Configuration[] = [
  { name: 'prompt tuning', config: { peft_type: 'PROMPT_TUNING', num_virtual_tokens: 4 }, identity: false, mergeable: false },
  { name: 'prompt tuning from words with a head', config: { peft_type: 'PROMPT_TUNING', num_virtual_tokens: 2, prompt_tuning_init: 'SAMPLE_VOCAB', task_type: 'SEQ_CLS' }, identity: false, mergeable: false },
];
