import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Parameter, selectBackend } from '@unmask/tensor-core';
import { attempt, HOSTILE_TIMEOUT, hostileBytes, hostileJson, hostileRuns } from '@unmask/testing';
import fc from 'fast-check';
import { applyDelta, type Delta, loadDelta, saveDelta } from '../index.js';

/** Deltas that are meant to change what they do not say, or to be read without end. */
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-'));
});
afterEach(() => rm(folder, { recursive: true }));

const DELTA: Delta = {
  entries: [{ name: 'a.weight', shape: [2, 3], indices: Int32Array.of(0, 4), values: Float32Array.of(1, 2) }],
  dense: [{ name: 'head.bias', shape: [2], values: Float32Array.of(3, 4) }],
};

test('damaged files and absurd headers are refused, or change what they say and can be taken back', async () => {
  await selectBackend('cpu');
  const parameters = [['a.weight', [2, 3]], ['head.bias', [2]]].map(([name, shape]) => Object.assign(new Parameter(shape as number[], 9), { name: name as string }));
  const path = join(folder, 'delta.safetensors');
  await saveDelta(path, DELTA);
  const bytes = new Uint8Array(await readFile(path));
  const end = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, end))) as { readonly __metadata__: Readonly<Record<string, string>> };
  const withHeader = (text: string): Uint8Array => {
    const encoded = Buffer.from(text);
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(BigInt(encoded.length));
    return Buffer.concat([prefix, encoded, bytes.subarray(end)]);
  };
  const shapes = hostileJson(JSON.parse(header.__metadata__.shapes) as object).map((text) => JSON.stringify({ ...header, __metadata__: { ...header.__metadata__, shapes: text } }));
  const property = fc.asyncProperty(fc.oneof(hostileBytes(bytes), hostileJson(header).map(withHeader), shapes.map(withHeader)), async (hostile) => {
    await writeFile(path, hostile);
    const undo = await attempt(async () => applyDelta(parameters, await loadDelta(path)));
    undo?.();
    for (const parameter of parameters) expect(new Set(parameter.read())).toEqual(new Set([9]));
  });
  await fc.assert(property, hostileRuns(150));
  for (const parameter of parameters) parameter.dispose();
}, HOSTILE_TIMEOUT);
