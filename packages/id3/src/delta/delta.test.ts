import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Parameter, writeSafetensors } from '@unmask/tensor-core';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyDelta, loadDelta, saveDelta, type Delta } from '../index.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'delta-'));
  path = join(folder, 'delta.safetensors');
});
afterEach(() => rm(folder, { recursive: true }));

const delta: Delta = {
  entries: [
    { name: 'encoder.weight', shape: [2, 3], indices: Int32Array.of(0, 4, 5), values: Float32Array.of(-0, 1e-40, 7) },
    { name: 'encoder.bias', shape: [3], indices: Int32Array.of(2), values: Float32Array.of(9) },
  ],
  dense: [{ name: 'head.weight', shape: [1, 2], values: Float32Array.of(1, 2) }],
};

function model(): Parameter[] {
  return Object.entries({ 'encoder.weight': [2, 3], 'encoder.bias': [3], 'head.weight': [1, 2] }).map(([name, shape]) => {
    const parameter = new Parameter(shape, new Float32Array(shape.reduce((product, length) => product * length)).fill(0.5));
    parameter.name = name;
    return parameter;
  });
}
const valuesOf = (parameters: Parameter[]) => parameters.map((parameter) => [...parameter.read()]);

describe('delta files', () => {
  test('give back what was saved, in equal bytes each time', async () => {
    await saveDelta(path, delta, { model: 'tiny', budget: 4, note: null, format: 'mine' });
    expect(await loadDelta(path)).toEqual({ ...delta, metadata: { model: 'tiny', budget: '4' } });
    const bytes = await readFile(path);
    await saveDelta(path, delta, { model: 'tiny', budget: 4, note: null, format: 'mine' });
    expect((await readFile(path)).equals(bytes)).toBe(true);
  });

  test('hold an empty delta', async () => {
    await saveDelta(path, { entries: [], dense: [] });
    expect(await loadDelta(path)).toEqual({ entries: [], dense: [], metadata: {} });
  });

  test.each([
    ['has no name', { ...delta, dense: [{ ...delta.dense[0], name: '' }] }],
    ['share a name', { ...delta, dense: [{ ...delta.dense[0], name: 'encoder.bias' }] }],
    ['share a name', { ...delta, dense: [{ ...delta.dense[0], name: 'encoder.bias.values' }] }],
  ])('are not written when parameters cannot be told apart: %s', async (message, bad) => {
    await expect(saveDelta(path, bad)).rejects.toThrow(message);
  });

  const header = { format: 'unmask-delta', version: '1', shapes: '{"a":[2,2]}' };
  const indices = { name: 'a.indices', dtype: 'I32' as const, shape: [2], data: Int32Array.of(1, 3) };
  const values = { name: 'a.values', dtype: 'F32' as const, shape: [2], data: Float32Array.of(1, 2) };
  test.each([
    ['of another kind', { ...header, format: 'pt' }, [indices, values]],
    ['it has version 2', { ...header, version: '2' }, [indices, values]],
    ['"shapes" in its metadata is not JSON', { ...header, shapes: '{' }, [indices, values]],
    ['"shapes" in its metadata is no JSON object', { ...header, shapes: '[]' }, [indices, values]],
    ['not a list of lengths', { ...header, shapes: '{"a":[-1]}' }, [indices, values]],
    ['"a.values" is missing', header, [indices]],
    ['"a.values" is I32, not F32', header, [indices, { ...indices, name: 'a.values' }]],
    ['"a.indices" is F32, not I32', header, [{ ...values, name: 'a.indices' }, values]],
    ['2 indices but 1 values', header, [indices, { ...values, shape: [1], data: Float32Array.of(1) }]],
    ['index 1 after 1', header, [{ ...indices, data: Int32Array.of(1, 1) }, values]],
    ['index 4 after 1', header, [{ ...indices, data: Int32Array.of(1, 4) }, values]],
    ['index -1 after -1', header, [{ ...indices, data: Int32Array.of(-1, 1) }, values]],
  ])('are refused: %s', async (message, metadata, tensors) => {
    await writeSafetensors(path, tensors, metadata);
    await expect(loadDelta(path)).rejects.toThrow(message);
    await expect(loadDelta(path)).rejects.toMatchObject({ name: 'UnmaskError', code: 'bad-file' });
  });
});

describe('applyDelta', () => {
  test('sets the entries; undo puts everything back', () => {
    const parameters = model();
    const undo = applyDelta(parameters, delta);
    expect(valuesOf(parameters)).toEqual([[-0, 0.5, 0.5, 0.5, Math.fround(1e-40), 7], [0.5, 0.5, 9], [1, 2]]);
    undo();
    expect(valuesOf(parameters)).toEqual(valuesOf(model()));
  });

  test('leaves the delta as it is, so that it serves other models, also after this one is trained on', () => {
    const before = structuredClone(delta);
    const parameters = model();
    const undo = applyDelta(parameters, delta);
    expect(delta).toEqual(before);
    parameters[2].modify((values) => values.fill(3));
    undo();
    expect(delta).toEqual(before);
    undo();
    expect(valuesOf(parameters)[2]).toEqual([3, 3]);
  });

  test.each([
    ['"encoder.wieght", which the model does not have; did you mean "encoder.weight"?', { ...delta.entries[0], name: 'encoder.wieght' }],
    ['of shape [3, 2], the model of shape [2, 3]', { ...delta.entries[0], shape: [3, 2] }],
    ['index 6 after -1', { ...delta.entries[0], indices: Int32Array.of(6), values: Float32Array.of(1) }],
  ])('changes nothing when a part does not fit: %s', (message, bad) => {
    const parameters = model();
    expect(() => applyDelta(parameters, { ...delta, entries: [delta.entries[1], bad] })).toThrow(message);
    expect(valuesOf(parameters)).toEqual(valuesOf(model()));
  });
});
