/** A Hugging Face hub of one repository, for code that takes a `fetch`. */
export interface FakeHub {
  /** Answers listing, and reading in whole and in part. */
  readonly fetch: typeof fetch;
  /** The file requests so far, as `<path of the address> bytes=<first>-<last>`, or `… all`. */
  readonly requests: string[];
}

/** A hub that has `files`, by their paths in the repository, under every name and revision. */
export function fakeHub(files: Readonly<Record<string, string | Uint8Array>>): FakeHub {
  const requests: string[] = [];
  const bytesOf = (path: string) => Buffer.from(files[path]);
  const answer = (input: string | URL | Request, init?: RequestInit): Response => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    if (pathname.includes('/tree/')) {
      return Response.json(Object.keys(files).map((path) => ({ type: 'file', oid: 'x', size: bytesOf(path).length, path })));
    }
    const path = /\/resolve\/[^/]+\/(.+)$/.exec(pathname)?.[1] ?? '';
    const range = /bytes=(\d+)-(\d*)/.exec(new Headers(init?.headers).get('range') ?? '');
    requests.push(`${pathname} ${range?.[0] ?? 'all'}`);
    if (!(path in files)) return new Response('', { status: 404, headers: { 'x-error-code': 'EntryNotFound' } });
    const bytes = bytesOf(path);
    const [first, last] = range ? [Number(range[1]), range[2] ? Number(range[2]) : bytes.length - 1] : [0, bytes.length - 1];
    return new Response(bytes.subarray(first, last + 1), {
      status: range ? 206 : 200,
      headers: { etag: '"x"', 'content-length': String(last - first + 1), 'content-range': `bytes ${first}-${last}/${bytes.length}`, 'accept-ranges': 'bytes' },
    });
  };
  return { requests, fetch: (input, init) => Promise.resolve(answer(input, init)) };
}
