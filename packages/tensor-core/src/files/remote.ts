import { UnmaskError } from '../errors.js';
import type { PathFacts, Source, Volume } from './volume.js';

const readOnly = (path: string) => Promise.reject(new UnmaskError(`${path} is on a web server, where nothing can be written: give a folder, or a path that begins with memory:`, { code: 'unsupported' }));

/** Files of a web server, by their addresses. They are read in parts where the server allows it (HTTP range requests). It tells no names of files, so a folder's files must have the usual ones. */
export const remoteVolume: Volume = {
  async facts(path): Promise<PathFacts | undefined> {
    const response = await fetch(path, { method: 'HEAD' });
    if (response.status === 404) return undefined;
    return { kind: 'file', size: lengthOf(await checked(path, response)) };
  },

  list: () => Promise.resolve(undefined),

  async open(path): Promise<Source> {
    const head = await checked(path, await fetch(path, { method: 'HEAD' }));
    const size = lengthOf(head);
    if (head.headers.get('accept-ranges') !== 'bytes') return whole(path);
    return {
      size,
      close: () => Promise.resolve(),
      read: async (offset, length) => {
        if (length === 0) return new Uint8Array(0);
        const response = await checked(path, await fetch(path, { headers: { range: `bytes=${offset}-${offset + length - 1}` } }));
        return part(path, await response.arrayBuffer(), response.status === 206 ? 0 : offset, length);
      },
    };
  },

  write: readOnly,
  append: readOnly,
  makeFolder: readOnly,
  rename: readOnly,
  remove: readOnly,
  removeEmpty: readOnly,
};

/** A file of a server that sends no parts. */
async function whole(path: string): Promise<Source> {
  const content = await (await checked(path, await fetch(path))).arrayBuffer();
  return { size: content.byteLength, close: () => Promise.resolve(), read: (offset, length) => Promise.resolve().then(() => part(path, content, offset, length)) };
}

function part(path: string, content: ArrayBuffer, offset: number, length: number): Uint8Array<ArrayBuffer> {
  if (offset + length > content.byteLength) throw new UnmaskError(`${path} ended ${offset + length - content.byteLength} bytes early`, { code: 'bad-file' });
  return new Uint8Array(content.slice(offset, offset + length));
}

function checked(path: string, response: Response): Promise<Response> {
  if (response.ok) return Promise.resolve(response);
  return Promise.reject(new UnmaskError(`cannot open ${path}: the server answered ${response.status} ${response.statusText}`, { code: 'not-found' }));
}

const lengthOf = ({ headers }: Response): number => Number(headers.get('content-length') ?? 0);
