import { expect, test } from '@jest/globals';
import { instructionPrompt } from './prompt.js';

test('the prompt of an instruction, alone and with an input', () => {
  expect(instructionPrompt('Add 1 and 2.')).toBe(
    'Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n### Instruction:\nAdd 1 and 2.\n\n### Response:\n',
  );
  expect(instructionPrompt('Add.', '1 and 2')).toBe(
    'Below is an instruction that describes a task, paired with an input that provides further context. Write a response that appropriately completes the request.\n\n' +
      '### Instruction:\nAdd.\n\n### Input:\n1 and 2\n\n### Response:\n',
  );
});
