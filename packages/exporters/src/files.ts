import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a file's pieces one after the other, in a folder that is made if need be. @returns its bytes */
export async function writePieces(path: string, pieces: Iterable<Uint8Array>): Promise<number> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'wx');
  let bytes = 0;
  try {
    let waiting: Uint8Array[] = [];
    for (const piece of pieces) {
      bytes += piece.length;
      waiting.push(piece);
      if (waiting.length < 512) continue;
      await writeAll(file, waiting);
      waiting = [];
    }
    await writeAll(file, waiting);
    await file.sync();
  } finally {
    await file.close();
  }
  return bytes;
}

/** Small pieces in one call of the system, large ones as they are. */
async function writeAll(file: Awaited<ReturnType<typeof open>>, pieces: readonly Uint8Array[]): Promise<void> {
  let small: Uint8Array[] = [];
  const flush = async () => {
    if (small.length > 0) await file.writeFile(Buffer.concat(small));
    small = [];
  };
  for (const piece of pieces) {
    if (piece.length < 65_536) small.push(piece);
    else {
      await flush();
      await file.writeFile(piece);
    }
  }
  await flush();
}
