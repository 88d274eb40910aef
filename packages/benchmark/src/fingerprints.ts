import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { HubOptions } from '@unmask/hub';
import { locateModel, MODEL_FILES } from '@unmask/models';
import type { TaskData } from '@unmask/trainer';

/** What tells the model and the data of a run from others of the same names: SHA-256, in hexadecimal digits. */
export interface Fingerprints {
  /** Of the names and contents of the model's files. */
  readonly model: string;
  /** Of the examples, whatever files they came from. */
  readonly data: string;
}

/** Fingerprints of model folders, by what would change with their files. */
const known = new Map<string, string>();

/** The fingerprint of a model. @param source a folder or a hub id @throws UnmaskError when it is not to be had */
export async function modelFingerprint(source: string, hub: HubOptions = {}): Promise<string> {
  const folder = await locateModel(source, hub);
  const names = (await readdir(folder)).filter((name) => MODEL_FILES.test(name)).sort();
  const facts = await Promise.all(names.map((name) => stat(join(folder, name))));
  const version = JSON.stringify([folder, ...facts.map(({ size, mtimeMs }, index) => [names[index], size, mtimeMs])]);
  const before = known.get(version);
  if (before !== undefined) return before;
  const whole = createHash('sha256');
  for (const [index, name] of names.entries()) {
    whole.update(`${JSON.stringify(name)} ${facts[index].size}\n`);
    await pipeline(createReadStream(join(folder, name)), async (blocks: AsyncIterable<Buffer>) => {
      for await (const block of blocks) whole.update(block);
    });
  }
  const fingerprint = whole.digest('hex');
  known.set(version, fingerprint);
  return fingerprint;
}

/** The fingerprint of loaded examples. */
export function dataFingerprint({ train, evaluation }: TaskData): string {
  const hash = createHash('sha256');
  for (const example of train) hash.update(`${JSON.stringify(example)}\n`);
  for (const { task, split, examples } of evaluation) {
    hash.update(`${task.name} ${split}\n`);
    for (const example of examples) hash.update(`${JSON.stringify(example)}\n`);
  }
  return hash.digest('hex');
}
