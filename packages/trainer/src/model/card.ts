import { parseDefinition, type TaskDefinition } from '@unmask/tasks';
import { isFolder, joinPath, readJsonFile, shown, UnmaskError, writeWhole } from '@unmask/tensor-core';

/** Name of the file that makes a folder a trained model. */
export const CARD = 'unmask.json';

const FORMAT = 'unmask-model';
const VERSION = 1;

/** Files that a trained change can be in. */
const CHANGES = ['delta.safetensors', 'adapter_model.safetensors'] as const;

/** What a folder of a trained model is: all that using it takes besides the base model and the trained change. */
export interface ModelCard {
  /** The model that was trained: an absolute path, or a hub id; null when the folder is a whole checkpoint itself. */
  readonly base: string | null;
  /** Of that model's weights, which tells whether it is still the same; null where `base` is. */
  readonly baseFingerprint: string | null;
  /** The file with what was trained; null when the folder is a whole checkpoint itself. */
  readonly change: (typeof CHANGES)[number] | null;
  readonly method: string;
  /** From which the values of a new head or an adapter came before training. */
  readonly seed: number;
  /** Tokens; longer texts are truncated. */
  readonly maxLength: number;
  readonly task: TaskDefinition;
}

/** Writes a model's card, which makes its folder complete. */
export async function writeCard(folder: string, card: ModelCard): Promise<void> {
  await writeWhole(joinPath(folder, CARD), `${JSON.stringify({ format: FORMAT, version: VERSION, dtype: 'float32', ...card }, null, 2)}\n`);
}

/**
 * Reads a model's card and checks all of it.
 * @throws UnmaskError `not-found` when there is none, `bad-file` naming the field that is wrong
 */
export async function readCard(folder: string): Promise<ModelCard> {
  const path = joinPath(folder, CARD);
  if (!(await isFolder(folder))) throw new UnmaskError(`no model folder at ${folder}: give the --out folder of unmask train`, { code: 'not-found' });
  const fields = await readJsonFile(path);
  if (!fields) throw new UnmaskError(`${folder} has no ${CARD}: give the --out folder of an unmask train that has finished`, { code: 'not-found' });
  const bad = (name: string, expected: string) => new UnmaskError(`${path}: "${name}" is ${shown(fields[name])}, expected ${expected}`, { code: 'bad-file' });
  const { format, version, base, baseFingerprint, change, method, seed, maxLength } = fields;
  if (format !== FORMAT) throw bad('format', `"${FORMAT}"`);
  if (version !== VERSION) throw bad('version', `${VERSION}, which this release reads; upgrade @unmask/trainer`);
  if (base !== null && typeof base !== 'string') throw bad('base', 'a folder or a hub id, or null');
  if (change !== null && !CHANGES.includes(change as (typeof CHANGES)[number])) throw bad('change', `${CHANGES.join(' or ')}, or null`);
  if (base === null ? baseFingerprint !== null : typeof baseFingerprint !== 'string') throw bad('baseFingerprint', 'a text, or null where "base" is');
  if ((base === null) !== (change === null)) throw bad('change', 'null where "base" is, and only there');
  if (typeof method !== 'string') throw bad('method', 'the name of a method');
  if (!isCount(seed, 0)) throw bad('seed', 'a whole number from 0 up');
  if (!isCount(maxLength, 1)) throw bad('maxLength', 'a whole number from 1 up');
  return { base, baseFingerprint: baseFingerprint as string | null, change: change as ModelCard['change'], method, seed, maxLength, task: definitionIn(path, fields.task) };
}

function definitionIn(path: string, value: unknown): TaskDefinition {
  try {
    return parseDefinition(value);
  } catch (error) {
    if (!UnmaskError.isInstance(error)) throw error;
    throw new UnmaskError(`${path}: ${error.message}`, { code: 'bad-file', cause: error });
  }
}

const isCount = (value: unknown, minimum: number): value is number => Number.isSafeInteger(value) && (value as number) >= minimum;
