import { joinPath, namesIn, readJsonFile, readText, shown, UnmaskError } from '@unmask/tensor-core';

/** Folders without a config.json that are given for a model's, by a file in them: what they are, and what to give instead. */
const KINDS: readonly (readonly [file: RegExp, remedy: (folder: string, file: string) => string | Promise<string>])[] = [
  [/^adapter_config\.json$/, ofAdapter],
  [/^modules\.json$/, ofSentenceTransformers],
  [/\.gguf$/, (_, file) => `it holds ${file}, a model of llama.cpp: give the folder that Hugging Face transformers reads`],
  [/^params\.json$/, () => 'it is a model in the layout of its makers: convert it in Python with the script that transformers has for the family'],
  [/\.onnx$/, (_, file) => `it holds ${file}, a model for onnxruntime, which does not train: give the folder that it was made from`],
];

/** The error of a folder that holds no model, with what it is, if that can be told, and what to give in its place. */
export async function wrongFolder(folder: string): Promise<UnmaskError> {
  const names = ((await namesIn(folder)) ?? []).sort();
  for (const [file, remedy] of KINDS) {
    const found = names.find((name) => file.test(name));
    if (found !== undefined) return new UnmaskError(`${folder} has no config.json: ${await remedy(folder, found)}`, { code: 'not-found' });
  }
  return new UnmaskError(`${folder} has no config.json: is it a model folder?`, { code: 'not-found' });
}

async function ofAdapter(folder: string): Promise<string> {
  const config = await readJsonFile(joinPath(folder, 'adapter_config.json')).catch(() => undefined);
  const base = config?.base_model_name_or_path;
  const named = typeof base === 'string' && base !== '' ? `, ${shown(base)}` : '';
  return `it is an adapter's, and trains or runs with its base model alone: give that one${named}, or merge both in Python with PEFT, model.merge_and_unload().save_pretrained(folder)`;
}

/** Old folders of sentence-transformers hold the transformer in one of their own, which modules.json names. */
async function ofSentenceTransformers(folder: string): Promise<string> {
  const text = (await readText(joinPath(folder, 'modules.json')).catch(() => undefined)) ?? '';
  const path = /"path"\s*:\s*"(\w*Transformer)"/.exec(text)?.[1] ?? '0_Transformer';
  return `it is one of sentence-transformers, whose transformer is in ${path}: give ${joinPath(folder, path)}`;
}
