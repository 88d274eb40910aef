import { factsOf, joinPath, UnmaskError, writeWhole } from '@unmask/tensor-core';
import type { HubSelection } from './hub.js';
import { checkPath, checkRepository, type HubOptions, type HubRepository } from './repository.js';

export type { HubSelection } from './hub.js';
export type { HubOptions, HubRepository } from './repository.js';

const ENDPOINT = 'https://huggingface.co';

/**
 * In a browser: downloads one file from the Hugging Face hub into memory, unless it is there already. The browser's own cache
 * keeps it from one visit to the next.
 * @returns its path, which begins with `memory:`
 * @throws UnmaskError `not-found` when the hub cannot be reached or has no such file
 */
export async function fetchHubFile(repository: HubRepository, path: string, { fetch = globalThis.fetch }: HubOptions = {}): Promise<string> {
  checkRepository(repository);
  checkPath(path);
  const { type, name, revision } = repository;
  const file = joinPath(folderOf(repository), path);
  if (await factsOf(file)) return file;
  const address = `${ENDPOINT}/${type === 'model' ? '' : `${type}s/`}${name}/resolve/${encodeURIComponent(revision)}/${path.split('/').map(encodeURIComponent).join('/')}`;
  const response = await answer(fetch, address, `${path} of ${name}`);
  await writeWhole(file, new Uint8Array(await response.arrayBuffer()));
  return file;
}

/** In a browser: downloads files from the hub as {@link fetchHubFile} does each. @returns the folder in memory */
export async function fetchHubFolder(repository: HubRepository, { wanted }: HubSelection, options: HubOptions = {}): Promise<string> {
  checkRepository(repository);
  const { type, name, revision } = repository;
  const listing = await answer(options.fetch ?? globalThis.fetch, `${ENDPOINT}/api/${type}s/${name}/tree/${encodeURIComponent(revision)}?recursive=true`, name);
  const entries: unknown = await listing.json();
  if (!Array.isArray(entries)) throw new UnmaskError(`the hub's listing of ${name} is no list`, { code: 'bad-data' });
  for (const entry of entries as ({ type?: unknown; path?: unknown } | null)[]) {
    if (entry?.type === 'file' && typeof entry.path === 'string' && wanted.test(entry.path)) await fetchHubFile(repository, checkPath(entry.path), options);
  }
  return folderOf(repository);
}

const folderOf = ({ type, name, revision }: HubRepository): string => `memory:hub/${type}/${name}/${revision}`;

async function answer(fetch: typeof globalThis.fetch, address: string, what: string): Promise<Response> {
  const response = await fetch(address).catch((cause: unknown) => {
    throw new UnmaskError(`cannot download ${what} from the hub (${(cause as Error).message}): check the name and the network`, { code: 'not-found', cause });
  });
  if (response.ok) return response;
  throw new UnmaskError(`cannot download ${what} from the hub: it answered ${response.status} ${response.statusText}`, { code: 'not-found' });
}
