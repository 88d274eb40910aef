import { createHash } from 'node:crypto';

/** A Hugging Face hub of one repository, for code that takes a `fetch`. */
export interface FakeHub {
  /** Answers what is asked of revisions, listings and files, and reading in whole and in part. */
  readonly fetch: typeof fetch;
  /** The file requests so far, as `<path of the address> bytes=<first>-<last>`, or `… all`. */
  readonly requests: string[];
  /** What every revision is. */
  readonly commit: string;
}

/** Files that the hub stores elsewhere, to where it redirects. */
const isLarge = (path: string) => /\.(bin|safetensors|parquet)$/.test(path);

/** A hub that has `files`, by their paths in the repository, under every name and revision. */
export function fakeHub(files: Readonly<Record<string, string | Uint8Array>>): FakeHub {
  const requests: string[] = [];
  const commit = createHash('sha1').update(JSON.stringify(Object.entries(files))).digest('hex');
  const bytesOf = (path: string) => Buffer.from(files[path]);
  const gitHash = (path: string) => createHash('sha1').update(`blob ${bytesOf(path).length}\0`).update(bytesOf(path)).digest('hex');
  const sha256 = (path: string) => createHash('sha256').update(bytesOf(path)).digest('hex');
  const listed = (path: string) => {
    const size = bytesOf(path).length;
    return { type: 'file', path, size, oid: gitHash(path), ...(isLarge(path) ? { lfs: { oid: sha256(path), size, pointerSize: 130 } } : {}) };
  };
  const answer = (input: string | URL | Request, init?: RequestInit): Response => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    if (pathname.includes('/revision/')) return Response.json({ sha: commit });
    if (pathname.includes('/tree/')) return Response.json(Object.keys(files).map(listed));
    const path = /\/resolve\/[^/]+\/(.+)$/.exec(pathname)?.[1] ?? '';
    const range = /bytes=(\d+)-(\d*)/.exec(new Headers(init?.headers).get('range') ?? '');
    requests.push(`${pathname} ${range?.[0] ?? 'all'}`);
    if (!(path in files)) return new Response('', { status: 404, headers: { 'x-error-code': 'EntryNotFound' } });
    const bytes = bytesOf(path);
    const hub = { 'x-repo-commit': commit, 'accept-ranges': 'bytes' };
    if (isLarge(path) && init?.redirect === 'manual') {
      return new Response('', { status: 302, headers: { ...hub, location: `https://storage.example/${sha256(path)}`, 'x-linked-etag': `"${sha256(path)}"`, 'x-linked-size': String(bytes.length) } });
    }
    const headers = { ...hub, etag: isLarge(path) ? '"of the storage"' : `"${gitHash(path)}"` };
    if (!range) return new Response(bytes, { headers: { ...headers, 'content-length': String(bytes.length) } });
    const [first, last] = [Number(range[1]), range[2] ? Number(range[2]) : bytes.length - 1];
    return new Response(bytes.subarray(first, last + 1), { status: 206, headers: { ...headers, 'content-range': `bytes ${first}-${last}/${bytes.length}` } });
  };
  return { requests, commit, fetch: (input, init) => Promise.resolve(answer(input, init)) };
}
