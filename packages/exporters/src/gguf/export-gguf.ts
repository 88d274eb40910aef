import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, type Parameter, readJsonFile, UnmaskError } from '@unmask/tensor-core';
import type { ExportedModel } from '../exported-model.js';
import { writePieces } from '../files.js';
import { architectureOf, type GgufArchitecture } from './architectures.js';
import { GGUF_TYPES, ggufFile, type GgufTensor, type GgufType, type GgufValue } from './container.js';
import { ggufData } from './quantize.js';
import { vocabularyValues } from './vocabulary.js';

/** How matrices are stored: names that are shared with the other formats, llama.cpp's types, and its numbers for files of them. */
const PRECISIONS = { fp32: ['F32', 0], fp16: ['F16', 1], q8: ['Q8_0', 7], q4: ['Q4_0', 2] } as const;
export type GgufPrecision = keyof typeof PRECISIONS;
export const GGUF_PRECISIONS = Object.keys(PRECISIONS) as GgufPrecision[];

/** The file's name in the folder. */
const FILE = 'model.gguf';

/**
 * Writes a decoder, or a bare BERT that gives sentence vectors, as a GGUF file that llama.cpp and what is built on it load, with a
 * Modelfile for Ollama beside it. The folder appears when it is complete.
 * @param out must not be there yet, or be an empty folder
 * @returns bytes of the file
 * @throws UnmaskError when the family, the head or the tokenizer is none that llama.cpp knows
 */
export async function exportGguf(source: ExportedModel, out: string, { precision = 'fp16' }: { readonly precision?: GgufPrecision } = {}): Promise<number> {
  const { config, head, folder, bare, model } = source;
  const architecture = architectureOf(config);
  if (architecture.name === 'bert' ? !bare : head.kind !== 'causal-lm') {
    throw new UnmaskError(`GGUF: a ${head.kind} head has no place in the file, whose models write text or give sentence vectors; use --to onnx`, { code: 'unsupported' });
  }
  const tokenizer = await readJsonFile(join(folder, 'tokenizer.json'));
  if (!tokenizer) throw new UnmaskError(`${folder} has no tokenizer.json, which the file's tokens are read from`, { code: 'not-found' });
  const settings = (await readJsonFile(join(folder, 'tokenizer_config.json'))) ?? {};
  const [type, fileType] = PRECISIONS[precision];
  const own = architecture.values(config).map(([key, value]): [string, GgufValue] => [`${architecture.name}.${key}`, value]);
  const words = vocabularyValues(tokenizer, settings, config.vocab_size as number).map(([key, value]): [string, GgufValue] => [`tokenizer.ggml.${key}`, value]);
  const template = await readFile(join(folder, 'chat_template.jinja'), 'utf8').catch(() => settings.chat_template);
  const values = new Map<string, GgufValue>([
    ['general.architecture', { string: architecture.name }],
    ['general.type', { string: 'model' }],
    ['general.file_type', { uint32: fileType }],
    ['general.quantization_version', { uint32: 2 }],
    ...own,
    ...(architecture.name === 'bert' ? [['bert.pooling_type', { uint32: await poolingOf(folder) }] as const] : []),
    ...words,
    ...(typeof template === 'string' ? [['tokenizer.chat_template', { string: template }] as const] : []),
  ]);
  const tensors = [...model.namedParameters().flatMap(([name, parameter]) => tensorOf(architecture, config, name, parameter, type, bare ?? false)), ...(architecture.added?.(config) ?? [])];
  return makeFolder(out, async (temporary) => {
    if (architecture.name !== 'bert') await writeFile(join(temporary, 'Modelfile'), `FROM ./${FILE}\n`);
    return writePieces(join(temporary, FILE), ggufFile(values, tensors));
  });
}

function tensorOf(architecture: GgufArchitecture, config: ExportedModel['config'], name: string, parameter: Parameter, type: GgufType, bare: boolean): GgufTensor[] {
  const [module, kind] = [name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.'))];
  const layer = /\.(\d+)\./.exec(module)?.[1];
  const pattern = module.replace(/\.\d+\./, '.#.');
  const place = architecture.tensors[pattern]?.replace('#', layer ?? '');
  if (place === undefined) {
    if (bare && !module.startsWith('bert.')) return []; // the head that nobody asked for
    throw new UnmaskError(`GGUF: ${name} has no place in a file for ${architecture.name}`, { code: 'unsupported' });
  }
  const { shape } = parameter;
  const heads = architecture.heads?.(module, config);
  const plain = shape.length < 2 || architecture.precise.test(place);
  const fits = shape.at(-1)! % GGUF_TYPES[type].entries === 0;
  const stored = plain ? 'F32' : fits ? type : 'F16';
  const read = () => (heads === undefined ? parameter.read() : inPairs(parameter.read(), shape, heads));
  return [{ name: place + kind, type: stored, shape, data: () => ggufData(read(), stored) }];
}

/** Rows of each head so that those which turn as a pair are neighbours: entries i and i + d/2 become 2i and 2i + 1. */
function inPairs(values: Float32Array, shape: readonly number[], heads: number): Float32Array {
  const [rows, columns] = [shape[0], shape[1] ?? 1];
  const half = rows / heads / 2;
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const [head, place] = [Math.floor(row / (2 * half)), row % (2 * half)];
    const target = head * 2 * half + (place < half ? 2 * place : 2 * (place - half) + 1);
    result.set(values.subarray(row * columns, (row + 1) * columns), target * columns);
  }
  return result;
}

/** How a sentence's vector comes from those of its tokens, by sentence-transformers' file: 1 the mean, 2 the first. */
async function poolingOf(folder: string): Promise<number> {
  const pooling = await readJsonFile(join(folder, '1_Pooling', 'config.json'));
  return pooling?.pooling_mode_cls_token === true ? 2 : 1;
}
