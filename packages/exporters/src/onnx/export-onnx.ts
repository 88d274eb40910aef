import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkpointConfig } from '@unmask/models';
import { copyCompanions, makeFolder, readJsonFile, UnmaskError } from '@unmask/tensor-core';
import type { ExportedModel } from '../exported-model.js';
import { inPrecision, type OnnxPrecision } from './precision/index.js';
import { recordModel } from './record-model.js';
import { writeOnnx } from './write-onnx.js';

/** Options of {@link exportOnnx}. */
export interface OnnxOptions {
  /** `fp32` by default; one file for each. */
  readonly precisions?: readonly OnnxPrecision[];
}

/**
 * Writes a model as a folder that transformers.js (and Optimum) load: `onnx/model.onnx` and its like in other precisions, the
 * configuration, the tokenizer, and how to generate text. The folder appears when it is complete.
 * @param out must not be there yet, or be an empty folder
 * @returns bytes of each model file
 * @throws UnmaskError when the model has parts that a graph cannot hold, its tokenizer is none that transformers.js reads, or
 *   there is something at `out`
 */
export async function exportOnnx(source: ExportedModel, out: string, { precisions = ['fp32'] }: OnnxOptions = {}): Promise<Readonly<Record<string, number>>> {
  const { config, head, folder } = source;
  if (!(await stat(join(folder, 'tokenizer.json')).catch(() => undefined))) {
    throw new UnmaskError(`${folder} has no tokenizer.json, the one tokenizer that transformers.js reads: save it by AutoTokenizer of Python's transformers first`, { code: 'unsupported' });
  }
  checkPositions(config);
  const recorded = await recordModel(source, source.bare ? 'last_hidden_state' : 'logits');
  return makeFolder(out, async (temporary) => {
    const sizes: Record<string, number> = {};
    const external: string[] = [];
    for (const precision of precisions) {
      const { file, graph } = inPrecision(recorded, precision);
      const written = await writeOnnx(join(temporary, 'onnx', file), graph);
      sizes[file] = written.bytes;
      if (written.external) external.push(file);
    }
    const saved = checkpointConfig(config, head, 'float32');
    const described = {
      ...saved,
      ...(source.bare ? { architectures: (saved.architectures as string[]).map((name) => name.replace(/(For|LMHead).*$/, 'Model')) } : {}),
      ...(external.length > 0 ? { 'transformers.js_config': { use_external_data_format: Object.fromEntries(external.map((file) => [file, 1])) } } : {}),
    };
    await writeFile(join(temporary, 'config.json'), `${JSON.stringify(described, null, 2)}\n`);
    await copyCompanions(folder, temporary);
    if (source.maxLength !== undefined) await limitLength(join(temporary, 'tokenizer_config.json'), source.maxLength);
    return sizes;
  });
}

/** Tells a tokenizer where to truncate. */
async function limitLength(path: string, maxLength: number): Promise<void> {
  const config = { ...(await readJsonFile(path)), model_max_length: maxLength };
  await writeFile(path, `${JSON.stringify(config, null, 2)}\n`);
}

/** @throws UnmaskError for positions whose angles change with the length of the text, which a graph would have to compute */
function checkPositions(config: ExportedModel['config']): void {
  const scaling = (config.rope_parameters ?? config.rope_scaling) as { readonly rope_type?: unknown; readonly type?: unknown } | null | undefined;
  if ((scaling?.rope_type ?? scaling?.type) !== 'dynamic') return;
  throw new UnmaskError('ONNX: rotary positions that are scaled by "dynamic" change with the length of a text, which the graph does not: export the model with another rope_scaling', { code: 'unsupported' });
}
