/** Adapters by the names that methods give them: configurations in HF PEFT's fields. */
export const ADAPTER_PRESETS: Readonly<Record<string, { readonly summary: string; readonly config: Readonly<Record<string, unknown>> }>> = {
  lora: { summary: 'LoRA of rank 8', config: { peft_type: 'LORA', r: 8, lora_alpha: 16 } },
};
