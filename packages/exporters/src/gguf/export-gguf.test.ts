import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { selectBackend } from '@unmask/tensor-core';
import { type ExportedModel, loadCheckpoint } from '../exported-model.js';
import { exportGguf } from './export-gguf.js';

const MODELS = fileURLToPath(new URL('../../../models/fixtures/', import.meta.url));
/** A tokenizer in SentencePiece's manner, for models of any vocabulary. */
const TOKENIZER = { model: { type: 'BPE', unk_token: '<unk>', vocab: { '<unk>': 0, '<s>': 1, '</s>': 2, '<0x41>': 3, '\u2581': 4, a: 5, b: 6, ab: 7, '\u2581ab': 8 }, merges: ['a b', '\u2581 ab'] }, added_tokens: [{ id: 1, content: '<s>', special: true }] };

/** What makes a tiny decoder one that writes. */
const WRITES = { architectures: ['LlamaForCausalLM'] };

let folder: string;
beforeEach(async () => {
  await selectBackend('onnxruntime');
  folder = await mkdtemp(join(tmpdir(), 'unmask-gguf-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A tiny model with a tokenizer. */
async function withTokenizer(name: string, change: object = {}): Promise<ExportedModel> {
  const source = join(folder, name);
  await cp(`${MODELS}${name}`, source, { recursive: true });
  const config = JSON.parse(await readFile(join(source, 'config.json'), 'utf8')) as object;
  await writeFile(join(source, 'config.json'), JSON.stringify({ ...config, ...change }));
  await writeFile(join(source, 'tokenizer.json'), JSON.stringify(TOKENIZER));
  await writeFile(join(source, 'tokenizer_config.json'), JSON.stringify({ bos_token: '<s>', eos_token: { content: '</s>' }, add_bos_token: true, chat_template: '{{ messages }}' }));
  return loadCheckpoint(source);
}

/** What a GGUF file holds, as its description says. */
function parse(file: Buffer) {
  let at = 8;
  const uint32 = () => file.readUInt32LE((at += 4) - 4);
  const uint64 = () => Number(file.readBigUInt64LE((at += 8) - 8));
  const text = () => file.toString('utf8', at + 8, (at += 8 + Number(file.readBigUInt64LE(at))));
  const value = (type: number): unknown => {
    if (type === 4 || type === 5) return uint32();
    if (type === 6) return file.readFloatLE((at += 4) - 4);
    if (type === 7) return file[at++] === 1;
    if (type === 8) return text();
    const [of, length] = [uint32(), uint64()];
    return Array.from({ length }, () => value(of));
  };
  const [count, keys] = [uint64(), uint64()];
  const values = Object.fromEntries(Array.from({ length: keys }, () => [text(), value(uint32())]));
  const tensors = Array.from({ length: count }, () => ({ name: text(), shape: Array.from({ length: uint32() }, uint64).reverse(), type: uint32(), offset: uint64() }));
  return { values, tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])), start: Math.ceil(at / 32) * 32 };
}

describe('a GGUF file', () => {
  test('holds the tokens, what the model is made of, and its weights, those of turned heads in pairs', async () => {
    const source = await withTokenizer('tiny-llama', WRITES);
    const out = join(folder, 'out');
    const bytes = await exportGguf(source, out, { precision: 'fp32' });
    const file = await readFile(join(out, 'model.gguf'));
    expect([file.toString('latin1', 0, 4), file.length]).toEqual(['GGUF', bytes]);
    const { values, tensors, start } = parse(file);
    expect(values).toMatchObject({
      'general.architecture': 'llama',
      'llama.block_count': source.config.num_hidden_layers,
      'tokenizer.ggml.model': 'llama',
      'tokenizer.ggml.bos_token_id': 1,
      'tokenizer.ggml.eos_token_id': 2,
      'tokenizer.ggml.add_bos_token': true,
      'tokenizer.chat_template': '{{ messages }}',
    });
    expect((values['tokenizer.ggml.scores'] as number[]).slice(5, 9).map((score) => score + 0)).toEqual([0, 0, 0, -1]);
    expect((values['tokenizer.ggml.token_type'] as number[]).slice(0, 10)).toEqual([2, 3, 1, 6, 1, 1, 1, 1, 1, 5]);
    const parameters = new Map(source.model.namedParameters());
    expect(tensors.size).toBe(parameters.size + 1);
    expect(tensors.get('rope_freqs.weight')).toMatchObject({ shape: [(source.config.hidden_size as number) / (source.config.num_attention_heads as number) / 2] });
    const read = (name: string) => {
      const { offset, shape } = tensors.get(name)!;
      return Array.from({ length: shape[0] * (shape[1] ?? 1) }, (_, index) => file.readFloatLE(start + offset + 4 * index));
    };
    expect(read('blk.0.ffn_up.weight')).toEqual([...parameters.get('model.layers.0.mlp.up_proj.weight')!.read()]);
    const [query, width] = [parameters.get('model.layers.0.self_attn.q_proj.weight')!.read(), source.config.hidden_size as number];
    const half = width / (source.config.num_attention_heads as number) / 2;
    expect(read('blk.0.attn_q.weight').slice(0, 2 * width)).toEqual([...query.subarray(0, width), ...query.subarray(half * width, (half + 1) * width)]);
    source.model.dispose();
  });

  test.each<[string, string, object]>([
    ['gpt2 models are not supported, bert, llama, mistral, qwen2, qwen3 are; use --to onnx', 'tiny-gpt2', {}],
    ['scaled by "yarn" are not supported', 'tiny-llama', { ...WRITES, rope_parameters: { rope_type: 'yarn', rope_theta: 10_000, factor: 2 } }],
    ['a token-classification head has no place', 'tiny-llama', {}],
  ])('%s', async (message, name, change) => {
    const source = await withTokenizer(name, change);
    await expect(exportGguf(source, join(folder, 'out'))).rejects.toThrow(message);
    source.model.dispose();
  });
});
