import type * as ChildProcess from 'node:child_process';
import type * as Modules from 'node:module';
import { builtin, tf } from '@unmask/tensor-core';

/** The commit of the working directory's repository, or null outside of one. */
export function gitHash(): string | null {
  try {
    return builtin<typeof ChildProcess>('node:child_process')?.execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() ?? null;
  } catch {
    return null;
  }
}

/** Versions of what decides a run's numbers. */
export function versions(): Record<string, string> {
  const modules = builtin<typeof Modules>('node:module');
  if (!modules) return { browser: (globalThis as { navigator?: { userAgent: string } }).navigator?.userAgent ?? '', tfjs: tf.version_core };
  const found: Record<string, string> = { node: process.versions.node, tfjs: tf.version_core };
  const require = modules.createRequire(import.meta.url);
  for (const name of ['onnxruntime-node']) {
    try {
      found[name] = (require(`${name}/package.json`) as { version: string }).version;
    } catch {
      // Not installed: then it decided nothing.
    }
  }
  return found;
}
