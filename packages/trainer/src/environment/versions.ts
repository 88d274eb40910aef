import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { tf } from '@unmask/tensor-core';

/** The commit of the working directory's repository, or null outside of one. */
export function gitHash(): string | null {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}

/** Versions of what decides a run's numbers. */
export function versions(): Record<string, string> {
  const found: Record<string, string> = { node: process.versions.node, tfjs: tf.version_core };
  const require = createRequire(import.meta.url);
  for (const name of ['onnxruntime-node']) {
    try {
      found[name] = (require(`${name}/package.json`) as { version: string }).version;
    } catch {
      // Not installed: then it decided nothing.
    }
  }
  return found;
}
