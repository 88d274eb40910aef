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
  pissa: { peft_type: 'LORA', r: 3, lora_alpha: 6, init_lora_weights: 'pissa', rank_pattern: { query: 2 } },
  'olora-rslora': { peft_type: 'LORA', r: 2, use_rslora: true, init_lora_weights: 'olora' },
  tokens: { peft_type: 'LORA', r: 2, trainable_token_indices: [12, 7, 33] },
  adalora: { peft_type: 'ADALORA', init_r: 3, target_r: 2, total_step: 10 },
  ia3: { peft_type: 'IA3' },
  loha: { peft_type: 'LOHA', r: 3, alpha: 5 },
  lokr: { peft_type: 'LOKR', r: 1, decompose_both: true, decompose_factor: 8 },
  oft: { peft_type: 'OFT', oft_block_size: 4 },
  'oft-exact': { peft_type: 'OFT', oft_block_size: 4, use_cayley_neumann: false, block_share: true },
  boft: { peft_type: 'BOFT', boft_block_size: 4, boft_n_butterfly_factor: 2 },
  vera: { peft_type: 'VERA', r: 5 },
  'vera-seed': { peft_type: 'VERA', r: 5, projection_prng_key: 4, save_projection: false },
  miss: { peft_type: 'MISS', r: 5 },
  'miss-bat': { peft_type: 'MISS', r: 4, init_weights: 'bat' },
  fourierft: { peft_type: 'FOURIERFT', n_frequency: 40 },
  shira: { peft_type: 'SHIRA', r: 2 },
  supertuning: { peft_type: 'SUPERTUNING', sparsity: 0.95 },
  supra: { peft_type: 'SUPERTUNING', sparsity: 0.95, r: 2, save_precomputed_indices: false },
  'trainable-tokens': { peft_type: 'TRAINABLE_TOKENS', token_indices: [7, 33, 12] },
  'ln-tuning': { peft_type: 'LN_TUNING', target_modules: '.*\\.(LayerNorm|input_layernorm|norm|ln_1|ln_f)' },
};

/** Methods that train no head, so that their files do not hold the one that a classifier has. */
const WITHOUT_HEAD = ['TRAINABLE_TOKENS'];

/** Methods that PEFT does not put around GPT-2's layers. */
const LINEAR_ALONE = ['LOHA', 'LOKR', 'OFT', 'BOFT', 'SHIRA', 'SUPERTUNING', 'MISS'];

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
for (const [method, { peft_type }] of Object.entries(CONFIGURATIONS)) {
  const models = Object.keys(MODELS).filter((model) => !(model === 'tiny-gpt2' ? LINEAR_ALONE : model === 'tiny-bert' ? WITHOUT_HEAD : []).includes(peft_type));
  for (const model of models) await save(method, model);
}
