import { join } from 'node:path';
import { UnmaskError } from '@unmask/tensor-core';
import { HubCache, sizeOf } from './cache.js';
import { type FileDescription, HubClient, type ListedFile } from './client.js';
import { download } from './download.js';
import { checkPath, checkRepository, COMMIT, type HubOptions, type HubRepository, SHA256 } from './repository.js';

/** Which files of a repository {@link fetchHubFolder} takes. */
export interface HubSelection {
  /** Matches the path, within the repository, of every file that is wanted. */
  readonly wanted: RegExp;
  /** The file that shows, offline, that there is a copy; it is downloaded last. */
  readonly proof: string;
}

/**
 * Downloads one file from the Hugging Face hub unless the cache, which Hugging Face's libraries share, has it; a download that
 * broke off goes on where it stopped. A branch or tag is looked up each time; when that fails, its copy in the cache is
 * taken. The hub is HF_ENDPOINT, the token HF_TOKEN; with HF_HUB_OFFLINE=1 nothing is asked.
 * @param path of the file within the repository
 * @returns where the file is now
 * @throws UnmaskError `not-found` when the hub cannot be reached or has no such file, or offline without a copy; `bad-argument`
 * and `bad-data` for names that no repository or file has
 */
export async function fetchHubFile(repository: HubRepository, path: string, options: HubOptions = {}): Promise<string> {
  checkRepository(repository);
  checkPath(path);
  const cache = new HubCache(repository, options);
  const copy = join(await cache.known(), path);
  const hasCopy = (await sizeOf(copy)) !== undefined;
  if (hasCopy && (isOffline() || COMMIT.test(repository.revision))) return copy;
  const what = `${path} of ${repository.name}`;
  if (isOffline()) throw absent(what, cache);
  const client = new HubClient(repository, options);
  return reporting(what, repository, cache, async () => {
    const description = await orCopy(hasCopy, client.describe(path));
    if (!description) return copy;
    const file = await fetchFile(client, cache, { path, sha256: undefined }, description);
    await cache.remember(description.commit);
    return file;
  });
}

/**
 * Downloads files from the Hugging Face hub, as {@link fetchHubFile} does each; which files there are is asked every time.
 * @returns the local folder
 * @throws UnmaskError as {@link fetchHubFile}
 */
export async function fetchHubFolder(repository: HubRepository, { wanted, proof }: HubSelection, options: HubOptions = {}): Promise<string> {
  checkRepository(repository);
  const cache = new HubCache(repository, options);
  const copy = await cache.known();
  const hasCopy = (await sizeOf(join(copy, proof))) !== undefined;
  if (isOffline()) {
    if (hasCopy) return copy;
    throw absent(repository.name, cache);
  }
  return reporting(repository.name, repository, cache, async () => {
    const commit = await orCopy(hasCopy, new HubClient(repository, options).commit().then((name) => ({ name })));
    if (!commit) return copy;
    const revision = commit.name ?? repository.revision;
    const client = new HubClient({ ...repository, revision }, options);
    const files: ListedFile[] = [];
    for await (const file of client.list(revision)) if (wanted.test(file.path)) files.push(file);
    files.sort((one, other) => Number(one.path === proof) - Number(other.path === proof));
    const folder = cache.snapshot(revision);
    for (const file of files) {
      const isThere = commit.name !== undefined && (await sizeOf(join(folder, file.path))) !== undefined;
      if (!isThere) await fetchFile(client, cache, file, { ...(await client.describe(file.path)), commit: commit.name });
    }
    await cache.remember(commit.name);
    return folder;
  });
}

/** Brings one file into the cache. */
function fetchFile(client: HubClient, cache: HubCache, { path, sha256 }: ListedFile, description: FileDescription): Promise<string> {
  const { etag, size } = description;
  return cache.place(path, description, (blob) => download(client, path, { size, sha256: sha256 ?? (SHA256.test(etag) ? etag : undefined) }, blob));
}

const isOffline = () => /^(1|on|yes|true)$/i.test(process.env.HF_HUB_OFFLINE ?? '');

/** What the hub answers, or undefined when it does not and there is a copy. */
const orCopy = <T>(hasCopy: boolean, answer: Promise<T>): Promise<T | undefined> => (hasCopy ? answer.catch(() => undefined) : answer);

const absent = (what: string, { root }: HubCache) => new UnmaskError(`${what} is not in ${root}, and HF_HUB_OFFLINE=1 forbids downloads`, { code: 'not-found' });

/** Does `work`, and tells what it was about when it fails. */
async function reporting<T>(what: string, { type }: HubRepository, { root }: HubCache, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (UnmaskError.isInstance(cause)) throw cause;
    const { code, syscall, message } = cause as NodeJS.ErrnoException;
    if (syscall !== undefined) throw new UnmaskError(`cannot write ${what} to the cache ${root} (${code}): make room or mend the folder, or name another in HF_HUB_CACHE`, { cause });
    throw new UnmaskError(
      `cannot download ${what} from the hub (${message}): check the name and the network, set HF_TOKEN for private ${type}s, or give a local folder`,
      { code: 'not-found', cause },
    );
  }
}
