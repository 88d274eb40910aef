import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { downloadFile, listFiles } from '@huggingface/hub';
import { UnmaskError } from '@unmask/tensor-core';

/** A repository of the hub at one revision. */
export interface HubRepository {
  readonly type: 'model' | 'dataset';
  /** As `owner/name`. */
  readonly name: string;
  /** Branch, tag or commit. */
  readonly revision: string;
}

/** Options of {@link fetchHubFile} and {@link fetchHubFolder}. */
export interface HubOptions {
  /** Where files are kept; `~/.cache/unmask/hub` by default. */
  readonly cacheDirectory?: string;
  /** Replaces the global fetch. */
  readonly fetch?: typeof fetch;
}

/** Which files of a repository {@link fetchHubFolder} takes. */
export interface HubSelection {
  /** Matches the path, within the repository, of every file that is wanted. */
  readonly wanted: RegExp;
  /** The file that shows, offline, that there is a copy. */
  readonly proof: string;
}

/**
 * Downloads one file from the Hugging Face hub unless it is there; a download that broke off goes on where it stopped. The
 * token comes from HF_TOKEN; with HF_HUB_OFFLINE=1 nothing is downloaded.
 * @param path of the file within the repository
 * @returns where the file is now
 * @throws UnmaskError `not-found` when the hub cannot be reached or has no such file, or offline without a copy
 */
export async function fetchHubFile(repository: HubRepository, path: string, options: HubOptions = {}): Promise<string> {
  const target = join(localFolder(repository, options), path);
  if ((await size(target)) !== undefined) return target;
  const what = `${path} of ${repository.name}`;
  if (isOffline()) throw absent(what, options);
  await reporting(what, repository, () => download(path, target, accessTo(repository, options)));
  return target;
}

/**
 * Downloads files from the Hugging Face hub, as {@link fetchHubFile} does each; which files there are is asked every time.
 * @returns the local folder
 * @throws UnmaskError `not-found` when the hub cannot be reached, or offline without a copy
 */
export async function fetchHubFolder(repository: HubRepository, { wanted, proof }: HubSelection, options: HubOptions = {}): Promise<string> {
  const folder = localFolder(repository, options);
  if (isOffline()) {
    if (await size(join(folder, proof))) return folder;
    throw absent(repository.name, options);
  }
  const access = accessTo(repository, options);
  await reporting(repository.name, repository, async () => {
    await mkdir(folder, { recursive: true });
    for await (const { type, path } of listFiles(access)) {
      if (type === 'file' && wanted.test(path)) await download(path, join(folder, path), access);
    }
  });
  return folder;
}

/** What names a file and gives access to it. */
type Access = Parameters<typeof listFiles>[0];

function accessTo({ type, name, revision }: HubRepository, options: HubOptions): Access {
  return {
    repo: { type, name },
    revision,
    ...(process.env.HF_TOKEN ? { accessToken: process.env.HF_TOKEN } : {}),
    ...(options.fetch ? { fetch: options.fetch } : {}),
  };
}

const isOffline = () => process.env.HF_HUB_OFFLINE === '1';
const cacheOf = ({ cacheDirectory = join(homedir(), '.cache', 'unmask', 'hub') }: HubOptions) => cacheDirectory;
const localFolder = ({ type, name, revision }: HubRepository, options: HubOptions) =>
  join(cacheOf(options), `${type}s--${name.replaceAll('/', '--')}`, revision);

const absent = (what: string, options: HubOptions) =>
  new UnmaskError(`${what} is not in ${cacheOf(options)}, and HF_HUB_OFFLINE=1 forbids downloads`, { code: 'not-found' });

/** Does `work`, and tells what it was about when it fails. */
async function reporting(what: string, { type }: HubRepository, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const reason = (cause as Error).message.replaceAll(/\s+/g, ' ');
    throw new UnmaskError(
      `cannot download ${what} from the hub (${reason}): check the name and the network, set HF_TOKEN for private ${type}s, or give a local folder`,
      { code: 'not-found', cause },
    );
  }
}

/** Fetches one file unless it is there, appending to what an earlier attempt left. */
async function download(path: string, target: string, access: Access): Promise<void> {
  if ((await size(target)) !== undefined) return;
  const partial = `${target}.partial`;
  await mkdir(dirname(target), { recursive: true });
  const blob = await downloadFile({ ...access, path });
  if (!blob) throw new Error(`${path} is not there`);
  const done = (await size(partial)) ?? 0;
  if (done < blob.size) {
    const rest = done === 0 ? blob : blob.slice(done);
    await pipeline(Readable.fromWeb(rest.stream()), createWriteStream(partial, { flags: 'a' }));
  }
  const received = (await size(partial)) ?? 0;
  if (received > blob.size) await rm(partial); // of another file, or an answer that was none: the next attempt starts afresh
  if (received !== blob.size) throw new Error(`${received} bytes arrived of ${path}, which has ${blob.size}`);
  await rename(partial, target);
}

/** A file's length in bytes, undefined when there is none. */
async function size(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch {
    return undefined;
  }
}
