import { UnmaskError } from '../errors.js';
import { piecesOf, type PathFacts, type Source, type Volume } from './volume.js';

/** What a Blob is made of. */
type Part = NonNullable<ConstructorParameters<typeof Blob>[0]>[number];

/** Files in memory, for browsers, tests, and results that need not stay. Folders are there as long as something is in them, or once they are made. */
export class MemoryVolume implements Volume {
  readonly #files = new Map<string, Blob>();
  readonly #folders = new Set<string>();

  /** @param files by path, such as those that a user has chosen on a page; they are read when they are asked for, not before */
  constructor(files: Iterable<readonly [path: string, content: Blob]> = []) {
    for (const [path, content] of files) this.#files.set(path, content);
  }

  facts(path: string): Promise<PathFacts | undefined> {
    const file = this.#files.get(path);
    if (file) return Promise.resolve({ kind: 'file', size: file.size });
    return Promise.resolve(this.#namesIn(path) && { kind: 'folder', size: 0 });
  }

  list(path: string): Promise<readonly string[] | undefined> {
    return Promise.resolve(this.#namesIn(path));
  }

  open(path: string): Promise<Source> {
    const file = this.#files.get(path);
    return file ? Promise.resolve(sourceOf(path, file)) : Promise.reject(missing(path));
  }

  async write(path: string, content: Parameters<Volume['write']>[1]): Promise<void> {
    const pieces: Part[] = [];
    for await (const piece of piecesOf(content)) pieces.push(piece.slice());
    this.#files.set(path, new Blob(pieces));
  }

  append(path: string, content: string | Uint8Array): Promise<void> {
    this.#files.set(path, new Blob([this.#files.get(path) ?? '', content]));
    return Promise.resolve();
  }

  makeFolder(path: string): Promise<void> {
    this.#folders.add(path);
    return Promise.resolve();
  }

  rename(from: string, to: string): Promise<void> {
    const paths = this.#pathsWithin(from);
    if (paths.length === 0 && !this.#folders.has(from)) return Promise.reject(missing(from));
    for (const path of paths) {
      this.#files.set(to + path.slice(from.length), this.#files.get(path)!);
      this.#files.delete(path);
    }
    if (this.#folders.delete(from)) this.#folders.add(to);
    return Promise.resolve();
  }

  remove(path: string): Promise<void> {
    for (const each of this.#pathsWithin(path)) this.#files.delete(each);
    for (const each of [...this.#folders]) if (each === path || each.startsWith(`${path}/`)) this.#folders.delete(each);
    return Promise.resolve();
  }

  removeEmpty(path: string): Promise<void> {
    if (this.#namesIn(path)?.length === 0) this.#folders.delete(path);
    return Promise.resolve();
  }

  /** The file of this path, or those in the folder. */
  #pathsWithin(path: string): string[] {
    return [...this.#files.keys()].filter((each) => each === path || each.startsWith(`${path}/`));
  }

  #namesIn(folder: string): string[] | undefined {
    const within = [...this.#files.keys(), ...this.#folders].filter((path) => path.startsWith(`${folder}/`));
    if (within.length === 0 && !this.#folders.has(folder)) return undefined;
    return [...new Set(within.map((path) => path.slice(folder.length + 1).split('/')[0]))];
  }
}

function sourceOf(path: string, file: Blob): Source {
  return {
    size: file.size,
    close: () => Promise.resolve(),
    read: async (offset, length) => {
      if (offset + length > file.size) throw new UnmaskError(`${path} ended ${offset + length - file.size} bytes early`, { code: 'bad-file' });
      return new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
    },
  };
}

const missing = (path: string) => new UnmaskError(`there is nothing at ${path}`, { code: 'not-found' });
