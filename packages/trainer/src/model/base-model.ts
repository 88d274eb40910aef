import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';
import { type HubOptions, locateModel, Tokenizer } from '@unmask/models';
import type { Example, Task } from '@unmask/tasks';
import { joinPath, namesIn, openSource } from '@unmask/tensor-core';
import { countCutOff, encodeExamples } from '../encoding/encode.js';
import { formOf } from '../forms/index.js';

/** Places in a file that are looked at, and bytes at each: enough to tell a model from one that was trained further. */
const [PLACES, BYTES] = [64, 16_384];

/** A fingerprint of a model's weights: of the sizes of its safetensors files, and of bytes at 64 places in each. */
export async function weightsFingerprint(model: string, hub: HubOptions): Promise<string> {
  const folder = await locateModel(model, hub);
  const hash = sha256.create();
  for (const name of ((await namesIn(folder)) ?? []).filter((each) => each.endsWith('.safetensors'))) {
    const file = await openSource(joinPath(folder, name));
    try {
      const { size } = file;
      hash.update(`${size}\n`);
      for (let place = 0; place < PLACES; place++) {
        hash.update(await file.read(Math.floor((place * Math.max(0, size - BYTES)) / (PLACES - 1)), Math.min(BYTES, size)));
      }
    } finally {
      await file.close();
    }
  }
  return bytesToHex(hash.digest()).slice(0, 16);
}

/** Rows from which the share of long ones is estimated. */
const SAMPLE = 1000;

/** How many of the first rows have more tokens than a model is given, and how many of these no answer before that; of plain text none, since it is cut into parts. */
export async function longRows(model: string, hub: HubOptions, task: Task, examples: readonly Example[], maxLength: number): Promise<{ readonly long: number; readonly unanswered: number; readonly of: number }> {
  const sample = task.kind === 'text' ? [] : examples.slice(0, SAMPLE);
  const tokenizer = await Tokenizer.load(await locateModel(model, hub));
  const encoded = encodeExamples<Task>(task, formOf(task).tokenizer?.(task, tokenizer) ?? tokenizer, sample, { maxLength: Number.MAX_SAFE_INTEGER });
  const { long, unanswered } = countCutOff(encoded, maxLength);
  return { long, unanswered: formOf(task).head(task).kind === 'causal-lm' ? unanswered : 0, of: sample.length };
}
