/**
 * Saves an adapter of every configuration of HF PEFT's methods, on every fixture that it fits, for tools/reference/adapters.py
 * to hold against HF PEFT.
 *   npx tsx --conditions=@unmask/source tools/acceptance/adapters.ts OUT [--backend onnxruntime]
 * Makes OUT/<method>-<model>/adapter, with changed values, and beside it expected.json and expected.safetensors: model and logits.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type AdapterConfigInput, getPeftModel, saveAdapter } from '@unmask/adapters';
import { loadModel, type Head } from '@unmask/models';
import { Random, SafetensorsFile, selectBackend, tf, writeSafetensors } from '@unmask/tensor-core';

const FIXTURES = 'packages/models/fixtures';
const MODELS: Readonly<Record<string, { readonly head: Head; readonly task: string }>> = {
  'tiny-bert': { head: { kind: 'classification', labels: 3 }, task: 'SEQ_CLS' },
  'tiny-llama': { head: { kind: 'causal-lm' }, task: 'CAUSAL_LM' },
  'tiny-gpt2': { head: { kind: 'causal-lm' }, task: 'CAUSAL_LM' },
};
const CONFIGURATIONS: Readonly<Record<string, AdapterConfigInput>> = {
  lora: { peft_type: 'LORA', r: 3, lora_alpha: 6, lora_dropout: 0.1 },
  'lora-all-linear': { peft_type: 'LORA', r: 2, target_modules: 'all-linear', init_lora_weights: 'orthogonal' },
  rslora: { peft_type: 'LORA', r: 2, use_rslora: true, rank_pattern: { '0\\..*': 4 }, alpha_pattern: { '1\\..*': 5 } },
  dora: { peft_type: 'LORA', r: 2, use_dora: true, target_modules: '.*\\.(query|word_embeddings|q_proj|c_attn)' },
  'biases-all': { peft_type: 'LORA', r: 2, bias: 'all' },
  'biases-lora-only': { peft_type: 'LORA', r: 2, bias: 'lora_only' },
  'lora-bias': { peft_type: 'LORA', r: 2, lora_bias: true },
  embeddings: { peft_type: 'LORA', r: 2, target_modules: '.*\\.(word_embeddings|embed_tokens|wte|query|q_proj)' },
  adalora: { peft_type: 'ADALORA', init_r: 3, target_r: 2, total_step: 10 },
  ia3: { peft_type: 'IA3' },
  'ln-tuning': { peft_type: 'LN_TUNING', target_modules: '.*\\.(LayerNorm|input_layernorm|norm|ln_1|ln_f)' },
};

const { positionals, values } = parseArgs({ allowPositionals: true, options: { backend: { type: 'string', default: 'onnxruntime' } } });
const [out] = positionals;
if (!out) throw new Error('give a folder to save into');

/** Saves one adapter with changed values, and what the model computes with it. */
async function save(method: string, model: string): Promise<void> {
  const [source, folder, { head, task }] = [join(FIXTURES, model), join(out, `${method}-${model}`), MODELS[model]];
  const random = new Random(method);
  const config = { ...CONFIGURATIONS[method], task_type: task, base_model_name_or_path: source };
  const peft = getPeftModel(await loadModel(source, { head, random }), config, { random });
  for (const parameter of peft.trainableParameters()) parameter.modify((entries) => entries.forEach((_, index) => (entries[index] += 0.1 * random.normal())));
  await mkdir(folder, { recursive: true });
  await saveAdapter(peft, join(folder, 'adapter'));
  const logits = peft.forward(await readInputs(source));
  await writeSafetensors(join(folder, 'expected.safetensors'), [{ name: 'logits', dtype: 'F32', shape: logits.shape, data: logits.dataSync<'float32'>() }]);
  await writeFile(join(folder, 'expected.json'), JSON.stringify({ model }));
  logits.dispose();
  peft.dispose();
}

async function readInputs(source: string) {
  const file = await SafetensorsFile.open(join(source, 'expected.safetensors'));
  const read = async (name: string) => tf.tensor(await file.readInt32(`inputs/${name}`), [...file.entries.get(`inputs/${name}`)!.shape], 'int32');
  const [inputIds, attentionMask, tokenTypeIds] = await Promise.all(['input_ids', 'attention_mask', 'token_type_ids'].map(read));
  await file.close();
  return { inputIds, attentionMask, tokenTypeIds };
}

console.log((await selectBackend(values.backend)).message);
for (const method of Object.keys(CONFIGURATIONS)) for (const model of Object.keys(MODELS)) await save(method, model);
