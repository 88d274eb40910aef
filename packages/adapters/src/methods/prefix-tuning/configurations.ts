import type { Configuration } from '../../conformance.js';

/** Their attention takes no keys but those of its tokens. */
const refusedBy = ['distilbert', 'deberta-v2'];

export const configurations: readonly Configuration[] = [
  { name: 'prefix tuning', config: { peft_type: 'PREFIX_TUNING', num_virtual_tokens: 1 }, identity: false, mergeable: false, refusedBy },
  { name: 'prefix tuning with a head', config: { peft_type: 'PREFIX_TUNING', num_virtual_tokens: 2, task_type: 'SEQ_CLS' }, identity: false, mergeable: false, refusedBy },
];
