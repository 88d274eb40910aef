import { type LoadedModel, parseLlamaConfig } from '@unmask/models';
import { UnmaskError } from '@unmask/tensor-core';
import type { GgufTensor, GgufValue } from './container.js';
import { ggufData } from './quantize.js';

type Config = LoadedModel['config'];

/** How a family is laid out in a GGUF file. */
export interface GgufArchitecture {
  /** `general.architecture`. */
  readonly name: string;
  /** The parameters of the file's own kind, without the architecture's name before theirs. */
  values(config: Config): [key: string, value: GgufValue][];
  /** Names of tensors, without `.weight` and `.bias`; `#` is a layer's number. What is not listed has no place. */
  readonly tensors: Readonly<Record<string, string>>;
  /** Tensors that stay float32 whatever the rest is. */
  readonly precise: RegExp;
  /** Tensors that the file has besides those of the model. */
  added?(config: Config): GgufTensor[];
  /** Heads whose rows lie in the order of neighbouring pairs, by tensor. */
  heads?(tensor: string, config: Config): number | undefined;
}

const number = (config: Config, ...names: string[]): number => names.map((name) => config[name]).find((value) => typeof value === 'number') as number;
const uint32 = (value: number): GgufValue => ({ uint32: value });
const float32 = (value: number): GgufValue => ({ float32: value });

function decoderValues(config: Config): [string, GgufValue][] {
  const heads = number(config, 'num_attention_heads');
  const size = number(config, 'head_dim') ?? number(config, 'hidden_size') / heads;
  return [
    ['context_length', uint32(number(config, 'max_position_embeddings'))],
    ['embedding_length', uint32(number(config, 'hidden_size'))],
    ['block_count', uint32(number(config, 'num_hidden_layers'))],
    ['feed_forward_length', uint32(number(config, 'intermediate_size'))],
    ['attention.head_count', uint32(heads)],
    ['attention.head_count_kv', uint32(number(config, 'num_key_value_heads') ?? heads)],
    ['attention.key_length', uint32(size)],
    ['attention.value_length', uint32(size)],
    ['attention.layer_norm_rms_epsilon', float32(number(config, 'rms_norm_eps') ?? 1e-6)],
    ['rope.dimension_count', uint32(size)],
    ['vocab_size', uint32(number(config, 'vocab_size'))],
    ...rotaryValues(config),
  ];
}

const scalingOf = (config: Config) => {
  const fields = (config.rope_parameters ?? config.rope_scaling ?? {}) as Config;
  return { fields, kind: fields.rope_type ?? fields.type ?? 'default' };
};

/** @throws UnmaskError for positions that are scaled otherwise than the file can say */
function rotaryValues(config: Config): [string, GgufValue][] {
  const { fields, kind } = scalingOf(config);
  const base: [string, GgufValue] = ['rope.freq_base', float32(number(fields, 'rope_theta') ?? number(config, 'rope_theta') ?? 10_000)];
  if (kind === 'default' || kind === 'llama3') return [base];
  if (kind === 'linear') return [base, ['rope.scaling.type', { string: 'linear' }], ['rope.scaling.factor', float32(number(fields, 'factor'))]];
  throw new UnmaskError(`GGUF: rotary positions that are scaled by ${JSON.stringify(kind)} are not supported: default, linear and llama3 are; use --to onnx`, { code: 'unsupported' });
}

/** By how much each pair of a head turns slower than its base alone says (Llama 3.1). */
function rotaryFactors(config: Config): GgufTensor[] {
  const { fields, kind } = scalingOf(config);
  if (kind !== 'llama3') return [];
  const scaled = parseLlamaConfig(config).rotary.frequencies(1);
  const base = number(fields, 'rope_theta') ?? number(config, 'rope_theta') ?? 10_000;
  const factors = Float32Array.from(scaled, (frequency, pair) => base ** (-pair / scaled.length) / frequency);
  return [{ name: 'rope_freqs.weight', type: 'F32', shape: [factors.length], data: () => ggufData(factors, 'F32') }];
}

const DECODER_TENSORS = {
  'model.embed_tokens': 'token_embd',
  'model.norm': 'output_norm',
  lm_head: 'output',
  'model.layers.#.input_layernorm': 'blk.#.attn_norm',
  'model.layers.#.self_attn.q_proj': 'blk.#.attn_q',
  'model.layers.#.self_attn.k_proj': 'blk.#.attn_k',
  'model.layers.#.self_attn.v_proj': 'blk.#.attn_v',
  'model.layers.#.self_attn.o_proj': 'blk.#.attn_output',
  'model.layers.#.self_attn.q_norm': 'blk.#.attn_q_norm',
  'model.layers.#.self_attn.k_norm': 'blk.#.attn_k_norm',
  'model.layers.#.post_attention_layernorm': 'blk.#.ffn_norm',
  'model.layers.#.mlp.gate_proj': 'blk.#.ffn_gate',
  'model.layers.#.mlp.up_proj': 'blk.#.ffn_up',
  'model.layers.#.mlp.down_proj': 'blk.#.ffn_down',
};

const decoder = (name: string): GgufArchitecture => ({ name, values: decoderValues, tensors: DECODER_TENSORS, precise: /_norm$/, added: rotaryFactors });

/** llama.cpp turns neighbouring entries of a head as a pair, Hugging Face those of its two halves. */
const llama: GgufArchitecture = {
  ...decoder('llama'),
  heads: (tensor, config) => {
    if (tensor.endsWith('.q_proj')) return number(config, 'num_attention_heads');
    return tensor.endsWith('.k_proj') ? number(config, 'num_key_value_heads', 'num_attention_heads') : undefined;
  },
};

const bert: GgufArchitecture = {
  name: 'bert',
  values: (config) => [
    ['context_length', uint32(number(config, 'max_position_embeddings'))],
    ['embedding_length', uint32(number(config, 'hidden_size'))],
    ['block_count', uint32(number(config, 'num_hidden_layers'))],
    ['feed_forward_length', uint32(number(config, 'intermediate_size'))],
    ['attention.head_count', uint32(number(config, 'num_attention_heads'))],
    ['attention.layer_norm_epsilon', float32(number(config, 'layer_norm_eps') ?? 1e-12)],
    ['attention.causal', { bool: false }],
  ],
  tensors: {
    'bert.embeddings.word_embeddings': 'token_embd',
    'bert.embeddings.position_embeddings': 'position_embd',
    'bert.embeddings.token_type_embeddings': 'token_types',
    'bert.embeddings.LayerNorm': 'token_embd_norm',
    'bert.encoder.layer.#.attention.self.query': 'blk.#.attn_q',
    'bert.encoder.layer.#.attention.self.key': 'blk.#.attn_k',
    'bert.encoder.layer.#.attention.self.value': 'blk.#.attn_v',
    'bert.encoder.layer.#.attention.output.dense': 'blk.#.attn_output',
    'bert.encoder.layer.#.attention.output.LayerNorm': 'blk.#.attn_output_norm',
    'bert.encoder.layer.#.intermediate.dense': 'blk.#.ffn_up',
    'bert.encoder.layer.#.output.dense': 'blk.#.ffn_down',
    'bert.encoder.layer.#.output.LayerNorm': 'blk.#.layer_output_norm',
  },
  precise: /_norm$|^(position_embd|token_types)$/,
};

const ARCHITECTURES: Readonly<Record<string, GgufArchitecture>> = { bert, llama, mistral: llama, qwen2: decoder('qwen2'), qwen3: decoder('qwen3') };

/** The layout of a model of this kind. @throws UnmaskError when there is none */
export function architectureOf({ model_type: modelType }: Config): GgufArchitecture {
  const found = ARCHITECTURES[String(modelType)];
  if (found) return found;
  throw new UnmaskError(`GGUF: ${String(modelType)} models are not supported, ${Object.keys(ARCHITECTURES).join(', ')} are; use --to onnx`, { code: 'unsupported' });
}
