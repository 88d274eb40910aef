import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UnmaskError } from '@unmask/tensor-core';
import { ensureWritableFolder } from '../files.js';
import { FILES } from '../store/run-files.js';
import { CARD } from './card.js';

/** Name of the folder in which a training that is not done keeps its files. */
export const TRAINING = 'training';

/** Files that `unmask train` writes. */
const OWN = [CARD, 'delta.safetensors', 'adapter_config.json', 'adapter_model.safetensors', 'result.json', 'report.md', TRAINING];

/**
 * Makes a folder ready for a model: empty, or holding an unfinished training that may go on.
 * @param overwrite delete a model that is there
 * @throws UnmaskError when something else is there
 */
export async function prepareModelFolder(out: string, overwrite: boolean): Promise<void> {
  await ensureWritableFolder(out);
  const names = await readdir(out);
  const foreign = names.find((name) => !OWN.includes(name));
  if (foreign !== undefined) throw new UnmaskError(`${out} holds ${foreign}, which is not of a trained model: give --out a new folder`);
  if (!names.includes(CARD)) return;
  if (!overwrite) throw new UnmaskError(`${out} holds a trained model already: give --out a new folder, or --overwrite to replace it`);
  for (const name of [CARD, ...OWN]) await rm(join(out, name), { recursive: true, force: true }); // the card first: without it the rest is no model
}

/**
 * Makes the folder's training that of a run, which may have been begun there.
 * @param overwrite give up the training of another run
 * @throws UnmaskError when another run was begun there and has saved its state
 */
export async function claimTraining(out: string, run: string, overwrite: boolean): Promise<void> {
  const begun = (await savedRuns(out)).filter((name) => name !== run);
  if (begun.length > 0 && !overwrite) {
    throw new UnmaskError(`${out} holds a training on other data or with other options that was cut off: give those again to go on with it, or --overwrite to begin anew`);
  }
  for (const name of begun) await rm(join(out, TRAINING, name), { recursive: true });
}

/** Deletes what a training has left that ended before there was anything to go on from. */
export async function leaveNothing(out: string): Promise<void> {
  if ((await savedRuns(out)).length > 0) return;
  await rm(join(out, TRAINING), { recursive: true, force: true });
  await rmdir(out).catch(() => undefined); // something else is in it
}

async function savedRuns(out: string): Promise<string[]> {
  const names = await readdir(join(out, TRAINING)).catch(() => []);
  const saved = await Promise.all(names.map((name) => stat(join(out, TRAINING, name, FILES.state)).then(() => true, () => false)));
  return names.filter((_, index) => saved[index]);
}
