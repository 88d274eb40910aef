import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DEFAULT_TRAINING, trainingName, type TrainingSettings } from '../settings.js';
import { PROBE } from '../files/files.js';
import { type ModelCard, writeCard } from './card.js';
import { OutputFolder } from './output-folder.js';

let parent: string;
let out: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'output-'));
  out = join(parent, 'model');
});
afterEach(() => rm(parent, { recursive: true }));

const SETTINGS: TrainingSettings = { ...DEFAULT_TRAINING, task: 'mine', method: 'id3', model: 'm', data: 'd', seed: 1, budget: 5, learningRate: 1 };
const CARD: ModelCard = { base: 'm', baseFingerprint: 'f', change: 'delta.safetensors', method: 'id3', seed: 1, maxLength: 8, task: { kind: 'classification', texts: ['t'], label: 'l', labels: ['a', 'b'] } };

/** Leaves in a run's folder what a training leaves. */
async function finish(run: string, content = 'new'): Promise<void> {
  await mkdir(run, { recursive: true });
  for (const name of ['delta.safetensors', 'result.json', 'report.md', 'history.jsonl']) await writeFile(join(run, name), content);
  await writeCard(run, CARD);
}

/** Opens the folder and does a run in it. */
async function train(overwrite = false, work: (run: string) => Promise<void> = finish): Promise<void> {
  const folder = await OutputFolder.open(out, overwrite);
  try {
    await folder.withRun(SETTINGS, work);
  } finally {
    await folder.close();
  }
}

const MODEL = ['delta.safetensors', 'report.md', 'result.json', 'unmask.json'];
const runFolder = () => join(out, 'training', trainingName(SETTINGS));

describe('OutputFolder', () => {
  test('holds the model alone in the end', async () => {
    await train();
    expect((await readdir(out)).sort()).toEqual(MODEL);
    await expect(train()).rejects.toThrow('holds a trained model already');
  });

  test('what a process killed at its first check has left is in nobody\'s way', async () => {
    await mkdir(join(out, 'training'), { recursive: true });
    for (const path of [out, join(out, 'training')]) await writeFile(join(path, PROBE), '');
    await train();
    expect((await readdir(out)).sort()).toEqual(MODEL);
  });

  test('of two processes one is told, whatever they train', async () => {
    const first = await OutputFolder.open(out, false);
    await expect(OutputFolder.open(out, true)).rejects.toThrow('another process is training in');
    await first.withRun(SETTINGS, finish);
    await first.close();
    expect((await readdir(out)).sort()).toEqual(MODEL);
  });

  test('a model that is replaced stays until the new one is whole, and goes with all its files', async () => {
    await mkdir(out);
    for (const name of ['adapter_config.json', 'adapter_model.safetensors', 'result.json', 'report.md']) await writeFile(join(out, name), 'old');
    await writeCard(out, { ...CARD, change: 'adapter_model.safetensors' });
    await expect(train(true, () => Promise.reject(new Error('cut off')))).rejects.toThrow('cut off');
    expect(await readdir(out)).toHaveLength(5);
    await train(true);
    expect((await readdir(out)).sort()).toEqual(MODEL);
    expect(await readFile(join(out, 'result.json'), 'utf8')).toBe('new');
  });

  test.each([0, 1, 2, 3])('a model of which a killed process has put %d files in place is completed without training', async (done) => {
    await finish(runFolder());
    for (const name of MODEL.slice(0, done)) {
      await writeFile(join(out, name), 'new');
      await rm(join(runFolder(), name));
    }
    await train(false, () => Promise.reject(new Error('trained again')));
    expect((await readdir(out)).sort()).toEqual(MODEL);
  });

  test('nothing is replaced through a link', async () => {
    const elsewhere = join(parent, 'elsewhere');
    await mkdir(join(elsewhere, 'precious'), { recursive: true });
    await symlink(elsewhere, out);
    await expect(OutputFolder.open(out, true)).rejects.toThrow('is a link, and nothing is replaced through');
    await rm(out);
    await mkdir(out);
    await symlink(elsewhere, join(out, 'training'));
    await expect(OutputFolder.open(out, true)).rejects.toThrow('is a link, and nothing is replaced through');
    await rm(join(out, 'training'));
    await writeFile(join(elsewhere, 'file'), 'precious');
    await symlink(join(elsewhere, 'file'), join(out, 'delta.safetensors'));
    await train(true);
    expect(await readFile(join(elsewhere, 'file'), 'utf8')).toBe('precious');
    expect(await readFile(join(out, 'delta.safetensors'), 'utf8')).toBe('new');
  });

  test('an unfinished training of other options stays until it is to be replaced', async () => {
    await mkdir(join(out, 'training', 'other'), { recursive: true });
    await writeFile(join(out, 'training', 'other', 'state.safetensors'), '');
    await expect(train()).rejects.toThrow('holds a training on other data or with other options');
    await train(true);
    expect((await readdir(out)).sort()).toEqual(MODEL);
  });
});
