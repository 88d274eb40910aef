import { UnmaskError } from '@unmask/tensor-core';

/** Names of commits, and hashes of large files' contents. */
export const [COMMIT, SHA256] = [/^[0-9a-f]{40}$/, /^[0-9a-f]{64}$/];

/** A repository of the hub at one revision. */
export interface HubRepository {
  readonly type: 'model' | 'dataset';
  /** As `owner/name`. */
  readonly name: string;
  /** Branch, tag or commit. */
  readonly revision: string;
}

/** Options of `fetchHubFile` and `fetchHubFolder`. */
export interface HubOptions {
  /** Where files are kept; as Hugging Face's libraries have it by default: HF_HUB_CACHE, else `hub` in HF_HOME, else `~/.cache/huggingface/hub`. */
  readonly cacheDirectory?: string;
  /** Replaces the global fetch. */
  readonly fetch?: typeof fetch;
  /** Milliseconds before a request that a busy hub turned down is sent again, doubled each time; 1,000 by default. */
  readonly firstWait?: number;
}

/**
 * A file's path within a repository, if it stays there, by the rules of any system.
 * @throws UnmaskError `bad-data` for any other
 */
export function checkPath(path: unknown): string {
  const parts = typeof path === 'string' && !/[\\\0]|^[A-Za-z]:/.test(path) ? path.split('/') : [''];
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new UnmaskError(`${JSON.stringify(path)} is no path of a file within a repository: nothing outside of its folder is written`, { code: 'bad-data' });
  }
  return path as string;
}

/** @throws UnmaskError for a name or a revision that no repository can have */
export function checkRepository({ name, revision }: HubRepository): void {
  const fits = /^[\w.-]+(\/[\w.-]+)?$/.test(name) && !name.includes('..') && !name.includes('--');
  if (!fits) throw new UnmaskError(`${JSON.stringify(name)} is no name of a repository: give owner/name`);
  const parts = revision.split('/');
  if (!/^[\w./+=@-]+$/.test(revision) || parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new UnmaskError(`${JSON.stringify(revision)} is no revision: give a branch, a tag or a commit`);
  }
}
