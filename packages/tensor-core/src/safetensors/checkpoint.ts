import { UnmaskError } from '../errors.js';
import { factsOf, isFolder, namesIn } from '../files/files.js';
import { readJsonFile } from '../files/json.js';
import { folderOf, joinPath, nameOf } from '../files/paths.js';
import { SafetensorsFile } from './file.js';
import { badFile, type TensorEntry } from './header.js';

/** The tensors of a model, whether they lie in one file or in several. Close it. */
export interface Checkpoint {
  /** Every tensor by name. */
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /** A tensor's elements as float32. */
  readFloat32(name: string): Promise<Float32Array>;
  /** Reads a tensor's elements as float32 into an array of their number, without a second copy of them. */
  readFloat32Into(name: string, target: Float32Array): Promise<void>;
  /** A tensor's little-endian bytes as they are, whatever its type. */
  readBytes(name: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/**
 * Opens `model.safetensors`, the shards that `model.safetensors.index.json` names, or else the folder's only
 * `*.safetensors` file. Pickles (`*.bin`, `*.pt`) are refused: reading one runs code from it.
 * @param folder or one of these files by its own path, whatever it is called
 * @throws UnmaskError `not-found`, `bad-file` or `unsupported`
 */
export async function openCheckpoint(folder: string): Promise<Checkpoint> {
  if (folder.endsWith('.safetensors.index.json')) return openShards(folderOf(folder), folder);
  if (folder.endsWith('.safetensors') && !(await isFolder(folder))) return combine([await SafetensorsFile.open(folder)]);
  const names = await listFolder(folder);
  if (names.includes(SINGLE)) return combine([await SafetensorsFile.open(joinPath(folder, SINGLE))]);
  if (names.includes(INDEX)) return openShards(folder, joinPath(folder, INDEX));
  const candidates = names.filter((name) => name.endsWith('.safetensors'));
  if (candidates.length === 1) return combine([await SafetensorsFile.open(joinPath(folder, candidates[0]))]);
  if (candidates.length > 1) {
    throw new UnmaskError(`${folder} holds ${candidates.length} safetensors files and no ${INDEX}: name the one to load ${SINGLE}`, { code: 'not-found' });
  }
  const pickle = names.find((name) => /\.(bin|pt|pth|ckpt)$/.test(name));
  if (pickle) {
    throw new UnmaskError(
      `${folder} holds only ${pickle}, a pickle that can run code when it is read: convert it with Python, ` +
        `AutoModel.from_pretrained(folder).save_pretrained(folder), which writes ${SINGLE}`,
      { code: 'unsupported' },
    );
  }
  const other = names.find((name) => /\.(h5|msgpack|gguf|onnx)$/.test(name));
  throw new UnmaskError(`${folder} holds no ${SINGLE} and no ${INDEX}${other ? `, but ${other}: convert it with Python, AutoModel.from_pretrained(folder, from_tf or from_flax=True).save_pretrained(folder)` : ''}`, { code: 'not-found' });
}

/** Names in a folder; of one that tells none, as a web server does, those of the usual names that are there. */
async function listFolder(folder: string): Promise<readonly string[]> {
  const names = await namesIn(folder);
  if (names) return names;
  const found = await Promise.all([SINGLE, INDEX].map((name) => factsOf(joinPath(folder, name)).catch(() => undefined)));
  if (found.some(Boolean)) return [SINGLE, INDEX].filter((_, index) => found[index]);
  throw new UnmaskError(`cannot read the model folder ${folder}: there is none`, { code: 'not-found' });
}

async function openShards(folder: string, indexPath: string): Promise<Checkpoint> {
  const map = await readWeightMap(indexPath);
  const shards: SafetensorsFile[] = [];
  try {
    for (const name of new Set(Object.values(map))) shards.push(await SafetensorsFile.open(joinPath(folder, name)));
    const checkpoint = combine(shards);
    const absent = Object.keys(map).find((name) => !checkpoint.entries.has(name));
    if (absent !== undefined) throw badFile(indexPath, `it lists tensor "${absent}", which no shard holds`);
    return checkpoint;
  } catch (error) {
    await Promise.all(shards.map((shard) => shard.close()));
    throw error;
  }
}

/** Tensor → shard. Shards are plain names of safetensors files: an index cannot reach outside its folder. */
async function readWeightMap(path: string): Promise<Record<string, string>> {
  const index = await readJsonFile(path);
  if (!index) throw new UnmaskError(`cannot open ${path} (ENOENT)`, { code: 'not-found' });
  const { weight_map: map } = index;
  const valid =
    typeof map === 'object' && map !== null && Object.values(map).every((name) => typeof name === 'string' && name === nameOf(name) && name.endsWith('.safetensors'));
  if (!valid) throw badFile(path, 'its weight_map does not map tensor names to safetensors files in the same folder');
  return map as Record<string, string>;
}

function combine(files: readonly SafetensorsFile[]): Checkpoint {
  const owners = new Map<string, SafetensorsFile>();
  const entries = new Map<string, TensorEntry>();
  for (const file of files) {
    for (const [name, entry] of file.entries) {
      if (owners.has(name)) throw badFile(file.path, `tensor "${name}" is in ${owners.get(name)!.path} as well`);
      owners.set(name, file);
      entries.set(name, entry);
    }
  }
  const ownerOf = (name: string): SafetensorsFile => {
    const owner = owners.get(name);
    if (!owner) throw new UnmaskError(`the checkpoint holds no tensor "${name}"`, { code: 'not-found' });
    return owner;
  };
  return {
    entries,
    readFloat32: async (name) => ownerOf(name).readFloat32(name),
    readFloat32Into: async (name, target) => ownerOf(name).readFloat32Into(name, target),
    readBytes: async (name) => ownerOf(name).readBytes(name),
    close: async () => {
      await Promise.all(files.map((file) => file.close()));
    },
  };
}
