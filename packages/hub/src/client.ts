import { Patience, patientFetch } from './patient-fetch.js';
import { checkPath, COMMIT, type HubOptions, type HubRepository, SHA256 } from './repository.js';

/** What the hub says of a file before its content. */
export interface FileDescription {
  /** Its name for the content: of a large file the SHA-256, of others Git's SHA-1, in hexadecimal, where the hub is Hugging Face's. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  /** Of which this is a file, if the hub says so. */
  readonly commit: string | undefined;
}

/** A file in a listing. */
export interface ListedFile {
  readonly path: string;
  /** SHA-256 in hexadecimal, of large files. */
  readonly sha256: string | undefined;
}

/** Redirects that are followed, pages of a listing (of a thousand files each), and bytes of one page. */
const [REDIRECTS, PAGES, PAGE_BYTES] = [10, 1000, 2 ** 26];

/** Asks a hub (HF_ENDPOINT, else huggingface.co) about one repository. */
export class HubClient {
  readonly #repository: HubRepository;
  readonly #fetch: typeof fetch;
  readonly #firstWait: number | undefined;
  readonly #endpoint = (process.env.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, '');

  constructor(repository: HubRepository, { fetch = globalThis.fetch, firstWait }: HubOptions) {
    this.#repository = repository;
    this.#fetch = patientFetch(fetch, firstWait);
    this.#firstWait = firstWait;
  }

  /** For what is tried again besides single requests. */
  patience(): Patience {
    return new Patience(this.#firstWait);
  }

  /** Asks for a file's first byte, which is answered with its description where the file is stored elsewhere. @throws Error */
  async describe(path: string): Promise<FileDescription> {
    let address = this.#addressOf(path);
    const { revision } = this.#repository;
    let commit = COMMIT.test(revision) ? revision : undefined;
    let [etag, size]: [string?, number?] = [];
    let part: Record<string, string> = { range: 'bytes=0-0' };
    for (let hop = 0; hop < REDIRECTS; hop++) {
      const { status, headers, body } = await this.#ask(address, part, 'manual');
      await body?.cancel();
      commit ??= COMMIT.exec(headers.get('x-repo-commit') ?? '')?.[0];
      etag ??= headers.get('x-linked-etag') ?? undefined;
      size ??= numberIn(headers.get('x-linked-size'));
      const location = status >= 300 && status < 400 ? headers.get('location') : null;
      if (location !== null && (etag === undefined || size === undefined)) {
        address = new URL(location, address).href;
        continue;
      }
      if (status === 416) {
        part = {}; // an empty file has no first byte
        continue;
      }
      if (location === null && (status < 200 || status > 299)) throw refusal(path, status, headers);
      etag ??= headers.get('etag') ?? undefined;
      size ??= numberIn(headers.get('content-range')?.split('/')[1]) ?? (status === 200 ? numberIn(headers.get('content-length')) : undefined);
      if (etag === undefined || size === undefined) throw new Error(`the answer for ${path} has no ${etag === undefined ? 'ETag' : 'length'}, as a hub's has: is there a proxy or a login page between?`);
      return { etag: etag.replace(/^W\//, '').replaceAll('"', ''), size, commit };
    }
    throw new Error(`${path} is redirected more than ${REDIRECTS} times`);
  }

  /**
   * The content of a file from a byte on, or from its start where the hub sends no parts.
   * @throws Error also when the answer is another part
   */
  async open(path: string, from: number, size: number): Promise<{ body: ReadableStream<Uint8Array>; from: number }> {
    const { status, headers, body } = await this.#ask(this.#addressOf(path), from > 0 ? { range: `bytes=${from}-${size - 1}` } : {}, 'follow');
    if (status < 200 || status > 299) throw refusal(path, status, headers);
    const isPart = from > 0 && status === 206 && headers.get('content-range') === `bytes ${from}-${size - 1}/${size}`;
    if (body && (isPart || status === 200)) return { body, from: isPart ? from : 0 };
    await body?.cancel();
    throw new Error(`the answer for ${path} is not the part that was asked for`);
  }

  /** The commit that the repository's revision is now, if the hub says so. @throws Error */
  async commit(): Promise<string | undefined> {
    const { type, name, revision } = this.#repository;
    if (COMMIT.test(revision)) return revision;
    const { sha } = (await this.#json(`${this.#endpoint}/api/${type}s/${name}/revision/${encodeURIComponent(revision)}`)).value as { sha?: unknown };
    return typeof sha === 'string' && COMMIT.test(sha) ? sha : undefined;
  }

  /** All files of the repository at a revision. @throws Error for a listing that is none, has no end, or leads out of its folder */
  async *list(revision: string): AsyncGenerator<ListedFile> {
    const { type, name } = this.#repository;
    const address = new URL(`${this.#endpoint}/api/${type}s/${name}/tree/${encodeURIComponent(revision)}?recursive=true`);
    const seen = new Set<string>();
    for (let page = 0; page < PAGES; page++) {
      if (seen.has(address.search)) throw new Error('its listing goes round in a circle');
      seen.add(address.search);
      const { value, headers } = await this.#json(address.href);
      if (!Array.isArray(value)) throw new Error('its listing is no list');
      for (const entry of value as ({ type?: unknown; path?: unknown; lfs?: { oid?: unknown } } | null)[]) {
        if (entry?.type !== 'file') continue;
        const sha256 = entry.lfs?.oid;
        yield { path: checkPath(entry.path), sha256: typeof sha256 === 'string' && SHA256.test(sha256) ? sha256 : undefined };
      }
      const next = /<([^>]*)>\s*;\s*rel="?next"?/.exec(headers.get('link') ?? '')?.[1];
      if (next === undefined) return;
      address.search = new URL(next, address).search; // the address stays: a mirror passes on links to its origin
    }
    throw new Error(`its listing has more than ${PAGES} pages`);
  }

  #addressOf(path: string): string {
    const { type, name, revision } = this.#repository;
    const file = path.split('/').map(encodeURIComponent).join('/');
    return `${this.#endpoint}/${type === 'model' ? '' : `${type}s/`}${name}/resolve/${encodeURIComponent(revision)}/${file}`;
  }

  /** Sends a request, with the token only to the hub itself. */
  #ask(address: string, headers: Record<string, string>, redirect: 'manual' | 'follow'): Promise<Response> {
    const isHub = new URL(address).origin === new URL(this.#endpoint).origin;
    const token = isHub && process.env.HF_TOKEN ? { authorization: `Bearer ${process.env.HF_TOKEN}` } : {};
    return this.#fetch(address, { redirect, headers: { 'accept-encoding': 'identity', ...token, ...headers } });
  }

  async #json(address: string): Promise<{ value: unknown; headers: Headers }> {
    const { status, headers, body } = await this.#ask(address, { accept: 'application/json' }, 'follow');
    if (status < 200 || status > 299) throw refusal(this.#repository.name, status, headers);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
      if ((bytes += chunk.length) > PAGE_BYTES) throw new Error(`the answer for ${this.#repository.name} is longer than ${PAGE_BYTES} bytes`);
      chunks.push(chunk);
    }
    try {
      return { value: JSON.parse(Buffer.concat(chunks).toString()), headers };
    } catch {
      throw new Error(`the answer for ${this.#repository.name} is no JSON: is there a proxy or a login page between?`);
    }
  }
}

function refusal(what: string, status: number, headers: Headers): Error {
  const wait = headers.get('retry-after');
  const reason = headers.get('x-error-message') ?? (wait === null ? null : `to be tried again after ${wait}`);
  return status === 404 && !reason ? new Error(`${what} is not there`) : new Error(`status ${status} for ${what}${reason ? `: ${reason}` : ''}`);
}

function numberIn(text: string | null | undefined): number | undefined {
  return text && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
