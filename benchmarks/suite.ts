/** All benchmarks, by name. */
import type { Benchmark, Side, Workload } from './benchmark.js';

const unmask = (measurement: string, more: Partial<Side> = {}): Side => ({ kind: 'unmask', measurement, ...more });
const python = (measurement: string): Side => ({ kind: 'python', measurement });

const compiled = (measurement: string): Side => unmask(measurement, { workload: { compiled: true } });

const tfjsNode = (measurement: string): Side => unmask(measurement, { engine: 'tfjs-node' });

/** Engines that take seconds or minutes a step. */
const wasm: Partial<Side> = { engine: 'wasm', workload: { warmUp: 1, steps: 1 } };
const cpu: Partial<Side> = { engine: 'cpu', workload: { warmUp: 0, steps: 1 }, once: true };

const batchOf32: Omit<Workload, 'threads'> = { model: 'minilm', batch: 32, length: 64, warmUp: 1, steps: 5, budget: 40_000 };

export const SUITE: Readonly<Record<string, Benchmark>> = {
  'training-step': {
    summary: 'forward and backward of a classifier; and the share of the matrix-product peak that it reaches',
    sides: { onnxruntime: unmask('training-step'), compiled: compiled('training-step'), pytorch: python('training_step'), peak: unmask('matrix-product'), 'tfjs-node': tfjsNode('training-step'), wasm: unmask('training-step', wasm), cpu: unmask('training-step', cpu) },
    standard: batchOf32,
  },
  'selective-step': {
    summary: 'a whole step of ID³, beside the official toolkit on PyTorch',
    sides: { onnxruntime: unmask('selective-step'), toolkit: python('selective_step'), 'tfjs-node': tfjsNode('selective-step') },
    standard: batchOf32,
  },
  selection: {
    summary: 'what ID³ adds to a backward pass, without one, beside a pass over the same numbers',
    sides: { onnxruntime: unmask('selection') },
    standard: { ...batchOf32, steps: 40 },
  },
  'lora-step': {
    summary: 'forward, backward and AdamW step of LoRA of rank 8 in all linear layers, beside HF PEFT on PyTorch',
    sides: { onnxruntime: unmask('lora-step'), compiled: compiled('lora-step'), peft: python('lora_step'), 'tfjs-node': tfjsNode('lora-step') },
    standard: batchOf32,
  },
  evaluation: {
    summary: 'answers of a classifier, without gradients',
    sides: { onnxruntime: unmask('evaluation'), pytorch: python('evaluation'), 'tfjs-node': tfjsNode('evaluation'), wasm: unmask('evaluation', wasm) },
    standard: { ...batchOf32, steps: 10 },
  },
  generation: {
    summary: 'greedy continuation of a batch of prompts by a decoder',
    sides: { onnxruntime: unmask('generation'), pytorch: python('generation'), 'tfjs-node': tfjsNode('generation') },
    standard: { ...batchOf32, model: 'llama-135m', batch: 4, length: 32, steps: 16 },
  },
  'steady-memory': {
    summary: 'memory over 10,000 small steps of ID³: what the second half of them adds',
    sides: { onnxruntime: unmask('steady-memory') },
    standard: { ...batchOf32, batch: 2, length: 8, steps: 10_000 },
  },
  loading: {
    summary: 'reading a checkpoint and its tokenizer',
    sides: { onnxruntime: unmask('loading'), pytorch: python('loading') },
    standard: { ...batchOf32, steps: 3 },
  },
};
