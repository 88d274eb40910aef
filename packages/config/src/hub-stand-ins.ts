import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Hub ids that READMEs name, and the fixtures of packages/models whose files answer to them where there is no network. */
const STAND_INS: Readonly<Record<string, readonly string[]>> = {
  'HuggingFaceTB/SmolLM2-135M-Instruct': ['tiny-llama'],
  'Qwen/Qwen2.5-0.5B-Instruct': ['tiny-qwen2', 'tokenizers/qwen2'],
};

/** Any commit. */
const COMMIT = '0123456789abcdef0123456789abcdef01234567';

/** Makes a cache of the Hugging Face hub, as `HF_HUB_CACHE` names one, in which tiny models stand for those that READMEs name. */
export function writeHubStandIns(root: string, cache: string): void {
  for (const [id, fixtures] of Object.entries(STAND_INS)) {
    const folder = join(cache, `models--${id.replace('/', '--')}`);
    mkdirSync(join(folder, 'refs'), { recursive: true });
    writeFileSync(join(folder, 'refs/main'), COMMIT);
    for (const fixture of fixtures) cpSync(join(root, 'packages/models/fixtures', fixture), join(folder, 'snapshots', COMMIT), { recursive: true });
  }
}
