/** What is at a path. */
export interface PathFacts {
  /** `other` for pipes and devices, which nothing here opens: reading one could wait for ever. */
  readonly kind: 'file' | 'folder' | 'other';
  /** In bytes; of a file. */
  readonly size: number;
  /** Whether the path is a link to what these facts are of. */
  readonly isLink?: boolean;
}

/** A file that is open for reading. Close it. */
export interface Source {
  /** In bytes. */
  readonly size: number;
  /**
   * Exactly `length` bytes from `offset` on, in memory of their own, which begins at offset 0 of its buffer.
   * It rejects when the file ends earlier.
   */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

/** The content of a file, whole or piece by piece. */
export type Content = string | Uint8Array | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/**
 * Named files, wherever they are: a disk, memory, a web server, files that a user has dropped on a page. Paths are whole ones,
 * with slashes. What cannot be done, such as writing to a web server, rejects with an UnmaskError that says so; a missing file
 * or folder is `undefined` where a method says so, and rejects elsewhere.
 */
export interface Volume {
  /** What is there, or undefined. */
  facts(path: string): Promise<PathFacts | undefined>;
  /** Names in a folder, without their paths, in no particular order; undefined when there is no such folder. */
  list(path: string): Promise<readonly string[] | undefined>;
  open(path: string): Promise<Source>;
  /** Writes a file whole or not at all: a reader sees what was there before, or all of what is written. */
  write(path: string, content: Content): Promise<void>;
  append(path: string, content: string | Uint8Array): Promise<void>;
  /** Makes a folder and those around it, if need be. */
  makeFolder(path: string): Promise<void>;
  /** Gives a file or a folder another name, in place of a file, or of an empty folder, that has it. */
  rename(from: string, to: string): Promise<void>;
  /** Deletes a file, or a folder with all that is in it; nothing if it is not there. */
  remove(path: string): Promise<void>;
  /** Deletes a folder if nothing is in it. */
  removeEmpty(path: string): Promise<void>;
}

/** The bytes of a content, piece by piece. */
export async function* piecesOf(content: Content): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const pieces = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  for await (const piece of pieces) yield typeof piece === 'string' ? encoder.encode(piece) : piece;
}
