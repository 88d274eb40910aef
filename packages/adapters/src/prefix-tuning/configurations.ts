import type { Configuration } from '../conformance.js';

export const configurations: readonly Configuration[] = [
  { name: 'prefix tuning', config: { peft_type: 'PREFIX_TUNING', num_virtual_tokens: 3 }, identity: false, mergeable: false },
  { name: 'prefix tuning with a head', config: { peft_type: 'PREFIX_TUNING', num_virtual_tokens: 2, task_type: 'SEQ_CLS' }, identity: false, mergeable: false },
];
