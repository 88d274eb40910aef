import { createWriteStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { downloadFile, listFiles } from '@huggingface/hub';
import { UnmaskError } from '@unmask/tensor-core';

/** Options of {@link fetchFromHub}. */
export interface HubOptions {
  /** Branch, tag or commit; `main` by default. */
  readonly revision?: string;
  /** Where files are kept; `~/.cache/unmask/hub` by default. */
  readonly cacheDirectory?: string;
  /** Replaces the global fetch. */
  readonly fetch?: typeof fetch;
}

/** What a model folder needs: configuration, tokenizer, weights. */
const NEEDED = /^(config\.json|tokenizer\.json|tokenizer_config\.json|.*\.safetensors|.*\.safetensors\.index\.json)$/;

/**
 * Downloads a model's files from the Hugging Face hub, those that are not there yet; one that broke off goes on where it
 * stopped. The token comes from HF_TOKEN; with HF_HUB_OFFLINE=1 only what is there already is used.
 * @returns the local folder
 * @throws UnmaskError when the hub cannot be reached, or offline without a complete copy
 */
export async function fetchFromHub(repository: string, options: HubOptions = {}): Promise<string> {
  const { revision = 'main', cacheDirectory = join(homedir(), '.cache', 'unmask', 'hub') } = options;
  const folder = join(cacheDirectory, `models--${repository.replaceAll('/', '--')}`, revision);
  if (process.env.HF_HUB_OFFLINE === '1') {
    if (await size(join(folder, 'config.json'))) return folder;
    throw new UnmaskError(`${repository} is not in ${cacheDirectory}, and HF_HUB_OFFLINE=1 forbids downloads`, { code: 'not-found' });
  }
  const access = {
    repo: { type: 'model' as const, name: repository },
    revision,
    ...(process.env.HF_TOKEN ? { accessToken: process.env.HF_TOKEN } : {}),
    ...(options.fetch ? { fetch: options.fetch } : {}),
  };
  try {
    await mkdir(folder, { recursive: true });
    for await (const { type, path } of listFiles(access)) {
      if (type === 'file' && NEEDED.test(path)) await download(path, folder, access);
    }
    return folder;
  } catch (cause) {
    throw new UnmaskError(
      `cannot download ${repository} from the hub (${(cause as Error).message}): check the name and the network, set HF_TOKEN for private models, or give a local folder`,
      { code: 'not-found', cause },
    );
  }
}

/** Fetches one file unless it is there, appending to what an earlier attempt left. */
async function download(path: string, folder: string, access: Omit<Parameters<typeof downloadFile>[0], 'path'>): Promise<void> {
  const target = join(folder, path);
  if ((await size(target)) !== undefined) return;
  const partial = `${target}.partial`;
  await mkdir(dirname(target), { recursive: true });
  const blob = await downloadFile({ ...access, path } as Parameters<typeof downloadFile>[0]);
  if (!blob) throw new Error(`${path} is not there`);
  const done = (await size(partial)) ?? 0;
  if (done < blob.size) {
    const rest = done === 0 ? blob : blob.slice(done);
    await pipeline(Readable.fromWeb(rest.stream()), createWriteStream(partial, { flags: 'a' }));
  }
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
