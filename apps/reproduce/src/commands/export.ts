import { oneOf } from '../choice.js';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportGguf, exportLora, exportOnnx, type ExportedModel, GGUF_PRECISIONS, type GgufPrecision, loadCheckpoint, lowRankAdapter, ONNX_PRECISIONS, type OnnxPrecision } from '@unmask/exporters';
import { loadModel } from '@unmask/models';
import { backendNames, Random, selectBackend, UnmaskError } from '@unmask/tensor-core';
import { mergeModel, readCard } from '@unmask/trainer';
import { Command, Option } from 'commander';
import { integer, list } from '../options.js';

/** A model to export, and what it was trained from where that is known. */
type Source = ExportedModel & { readonly base?: string | undefined };

interface ExportOptions {
  model: string;
  to: keyof typeof FORMATS;
  out: string;
  dtype?: string[];
  rank: number;
  base?: string | undefined;
  backend: string;
}

/** Writes a model in one format. @returns what to tell: a line each */
type Format = (model: ExportedModel, out: string, options: ExportOptions) => Promise<string[]>;

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Values of --dtype that a format knows. @throws UnmaskError naming another one */
function chosen<T extends string>(format: string, known: readonly T[], given: readonly string[] = [known[0]]): T[] {
  const other = given.find((each) => !known.includes(each as T));
  if (other === undefined) return given as T[];
  throw new UnmaskError(`--to ${format} has no --dtype ${other}: give some of ${known.join(', ')}`);
}

const FORMATS = {
  onnx: async (model, out, { dtype }) => {
    const sizes = await exportOnnx(model, out, { precisions: chosen<OnnxPrecision>('onnx', ONNX_PRECISIONS, dtype) });
    return Object.entries(sizes).map(([file, bytes]) => `${join(out, 'onnx', file)}: ${megabytes(bytes)}`);
  },
  gguf: async (model, out, { dtype = ['fp16'] }) => {
    const [precision, other] = chosen<GgufPrecision>('gguf', GGUF_PRECISIONS, dtype);
    if (other !== undefined) throw new UnmaskError('--to gguf writes one --dtype at a time: give --out and --dtype again for each');
    return [`${join(out, 'model.gguf')}: ${megabytes(await exportGguf(model, out, { precision }))}`];
  },
  lora: async (trained, out, { rank, base }) => {
    if (base === undefined) throw new UnmaskError('--to lora takes the difference from the model that was trained: give it by --base');
    const loaded = await loadModel(base, { head: trained.head, random: new Random(0) });
    try {
      const { model, energies } = lowRankAdapter(loaded, trained.model, { rank, baseName: base });
      await exportLora(model, out);
      const [all, kept] = [energies.reduce((sum, { energy }) => sum + energy, 0), energies.reduce((sum, each) => sum + each.energy * each.kept, 0)];
      return [...energies.map((each) => `${each.name}: ${percent(each.kept)} of ${each.energy.toPrecision(3)}`), `${out}: rank ${rank}, ${percent(kept / all)} of the change`];
    } finally {
      loaded.model.dispose();
    }
  },
} as const satisfies Readonly<Record<string, Format>>;

/** `unmask export`: writes a trained model for other programs. */
export function exportCommand(): Command {
  return new Command('export')
    .description('write a trained model, or any checkpoint, for the programs that run models')
    .requiredOption('--model <folder|id>', 'the --out folder of unmask train, a checkpoint folder, or a hub id')
    .addOption(oneOf(new Option('--to <format>', 'onnx: a folder for transformers.js; gguf: a file for llama.cpp and Ollama; lora: what training changed, as an adapter'), Object.keys(FORMATS)).makeOptionMandatory())
    .requiredOption('--out <folder>', 'folder to make')
    .option('--dtype <names>', `how weights are stored, separated by commas: ${ONNX_PRECISIONS.join(', ')}; by default fp32, for gguf fp16`, list)
    .option('--rank <r>', 'rank of a lora adapter', integer(1), 16)
    .option('--base <folder|id>', 'the model that was trained, for lora of a whole checkpoint or when it is no longer where it was')
    .option('--backend <name>', `engine: auto, ${backendNames.join(', ')}`, 'auto')
    .addHelpText(
      'after',
      `
A change of weights or an adapter is merged into its base model first.

Examples:
  unmask export --model my-writer --to gguf --dtype q8 --out my-gguf
  unmask export --model my-model --to onnx --dtype fp32,q8 --out my-onnx
and in JavaScript, with my-onnx where the page or program finds it:
  const classify = await pipeline('text-classification', 'my-onnx', { dtype: 'q8' });`,
    )
    .action(async (options: ExportOptions) => {
      const engine = await selectBackend(options.backend);
      process.stderr.write(`${engine.message}\n`);
      const lines = await withModel(options, (model) => FORMATS[options.to](model, options.out, { ...options, base: model.base }));
      process.stdout.write(`${lines.join('\n')}\n`);
    });
}

/** Loads what is to be exported; of a trained model the checkpoint that it comes to. */
async function withModel<T>({ model: source, base }: ExportOptions, work: (model: Source) => Promise<T>): Promise<T> {
  const run = async (folder: string, known: Pick<Source, 'base' | 'maxLength'>) => {
    const model = await loadCheckpoint(folder);
    try {
      return await work({ ...model, ...known });
    } finally {
      model.model.dispose();
    }
  };
  if (!(await stat(join(source, 'unmask.json')).catch(() => undefined))) return run(source, { base });
  const { maxLength, base: former } = await readCard(source);
  const temporary = await mkdtemp(join(tmpdir(), 'unmask-export-'));
  try {
    const merged = join(temporary, 'merged');
    const { scale } = await mergeModel(source, merged, { base });
    if (scale) process.stderr.write(`its head has no bias: a score is the model's answer times ${scale.deviation} plus ${scale.mean}\n`);
    return await run(merged, { maxLength, base: base ?? former ?? undefined });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
