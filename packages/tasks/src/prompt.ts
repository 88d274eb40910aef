const REQUEST = 'Write a response that appropriately completes the request.';

/**
 * The prompt of Stanford Alpaca, which LLM-Adapters train and evaluate with. (Theirs also has the indentation and a lint
 * remark of the source code around it, which are left out here.)
 * @param input what the instruction is about; empty when the instruction says all
 */
export function instructionPrompt(instruction: string, input = ''): string {
  const introduction = `Below is an instruction that describes a task${input === '' ? '.' : ', paired with an input that provides further context.'} ${REQUEST}`;
  const parts = [introduction, `### Instruction:\n${instruction}`, ...(input === '' ? [] : [`### Input:\n${input}`]), '### Response:\n'];
  return parts.join('\n\n');
}
