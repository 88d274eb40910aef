import { type PeftModel, saveAdapter } from '@unmask/adapters';
import { makeFolder } from '@unmask/tensor-core';

/**
 * Writes a model's adapter as a folder that HF PEFT, and servers of LoRA adapters, load. The folder appears when it is complete.
 * @param out must not be there yet, or be an empty folder
 * @throws UnmaskError when there is something at `out`
 */
export async function exportLora(model: PeftModel, out: string): Promise<void> {
  await makeFolder(out, (temporary) => saveAdapter(model, temporary));
}
