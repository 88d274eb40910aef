import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UnmaskError } from '../errors.js';
import { openCheckpoint, SafetensorsFile, toBfloat16, writeSafetensors, type TensorData } from './index.js';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'safetensors-'))));
afterEach(() => rm(folder, { recursive: true }));

/** A file with any header text and data. */
async function raw(header: string, data: Uint8Array, name = 'model.safetensors'): Promise<string> {
  const text = Buffer.from(header);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(text.length));
  const path = join(folder, name);
  await writeFile(path, Buffer.concat([prefix, text, data]));
  return path;
}

async function readAll(path: string): Promise<Record<string, number[]>> {
  const file = await SafetensorsFile.open(path);
  try {
    return Object.fromEntries(await Promise.all([...file.entries.keys()].map(async (name): Promise<[string, number[]]> => [name, [...(await file.readFloat32(name))]])));
  } finally {
    await file.close();
  }
}

const entry = (dtype: string, shape: number[], begin: number, end: number) => ({ dtype, shape, data_offsets: [begin, end] });

describe('reading', () => {
  test('round trip, the same bytes each time, nothing left beside the file', async () => {
    const tensors = [
      { name: 'a', dtype: 'F32', shape: [2, 2], data: Float32Array.of(1, -0, NaN, 4) },
      { name: 'b', dtype: 'I32', shape: [3], data: Int32Array.of(1, -2, 2 ** 31 - 1) },
      { name: 'empty', dtype: 'F32', shape: [0, 7], data: new Float32Array() },
    ] as const;
    const [one, two] = [join(folder, '1'), join(folder, '2')];
    await writeSafetensors(one, tensors, { format: 'x' });
    await writeSafetensors(two, tensors, { format: 'x' });
    expect(await readFile(one)).toEqual(await readFile(two));
    expect((await readdir(folder)).sort()).toEqual(['1', '2']);
    expect(await readAll(one)).toEqual({ a: [1, -0, NaN, 4], b: [1, -2, 2 ** 31], empty: [] });
    const file = await SafetensorsFile.open(one);
    expect(file.metadata).toEqual({ format: 'x' });
    expect([...(await file.readInt32('b'))]).toEqual([1, -2, 2 ** 31 - 1]);
    await expect(file.readInt32('a')).rejects.toThrow('tensor "a" is F32, not I32');
    await expect(file.readFloat32('c')).rejects.toThrow('holds no tensor "c"');
    await file.close();
  });

  test('data made when their turn comes, and bytes of any type', async () => {
    const path = join(folder, 'lazy');
    const made: string[] = [];
    const make = (name: string, data: TensorData) => () => {
      made.push(name);
      return Promise.resolve(data);
    };
    await writeSafetensors(path, [
      { name: 'half', dtype: 'BF16', shape: [3], data: make('half', Uint8Array.of(0x80, 0x3f, 0x00, 0x80, 0x40, 0xc0)) },
      { name: 'long', dtype: 'I64', shape: [1], data: Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0) },
      { name: 'float', dtype: 'F32', shape: [2], data: make('float', Float32Array.of(9, 1, 2).subarray(1)) },
    ]);
    expect(made).toEqual(['half', 'float']);
    expect(await readAll(path)).toEqual({ half: [1, -0, -3], long: [7], float: [1, 2] });
    const file = await SafetensorsFile.open(path);
    expect([...(await file.readBytes('half'))]).toEqual([0x80, 0x3f, 0x00, 0x80, 0x40, 0xc0]);
    await file.close();
  });

  test('data that do not fill their shape, or fail, leave no file', async () => {
    const path = join(folder, 'short');
    const tensor = { name: 'a', dtype: 'F32', shape: [2, 2] } as const;
    await expect(writeSafetensors(path, [{ ...tensor, data: new Float32Array(3) }])).rejects.toThrow('tensor "a" is F32 of shape [2, 2], which 12 bytes do not fill');
    await expect(writeSafetensors(path, [{ ...tensor, data: () => Promise.reject(new Error('lost')) }])).rejects.toThrow('lost');
    expect(await readdir(folder)).toEqual([]);
  });

  test('every element type, from an odd file offset', async () => {
    const data = Buffer.alloc(47);
    data.writeUInt16LE(0x3e00, 0); // F16 1.5
    data.writeUInt16LE(0x8001, 2); // F16 smallest negative subnormal
    data.writeUInt16LE(0xc040, 4); // BF16 -3
    data.writeDoubleLE(0.25, 6);
    data.writeBigInt64LE(-5n, 14);
    data.writeInt32LE(7, 22);
    data.writeInt16LE(-9, 26);
    data.writeInt8(-1, 28);
    data.writeUInt8(200, 29);
    data.writeUInt8(1, 30);
    data.writeBigUInt64LE(2n ** 63n, 31);
    data.writeUInt32LE(4_000_000_000, 39);
    data.writeUInt16LE(60_000, 43);
    const header = {
      f16: entry('F16', [2], 0, 4), bf16: entry('BF16', [], 4, 6), f64: entry('F64', [1], 6, 14), i64: entry('I64', [1], 14, 22),
      i32: entry('I32', [1], 22, 26), i16: entry('I16', [1], 26, 28), i8: entry('I8', [1], 28, 29), u8: entry('U8', [1], 29, 30), bool: entry('BOOL', [1], 30, 31),
      u64: entry('U64', [1], 31, 39), u32: entry('U32', [], 39, 43), u16: entry('U16', [1], 43, 45), bf16b: entry('BF16', [1], 45, 47),
    };
    let text = JSON.stringify(header);
    if (text.length % 2 === 0) text += ' ';
    expect(await readAll(await raw(text, data))).toEqual({
      f16: [1.5, -(2 ** -24)], bf16: [-3], f64: [0.25], i64: [-5], i32: [7], i16: [-9], i8: [-1], u8: [200], bool: [1], u64: [2 ** 63], u32: [4_000_000_000], u16: [60_000], bf16b: [0],
    });
  });

  test('types that are not computed in are read as bytes, and named when they should be numbers', async () => {
    const types = { F8_E4M3: 8, F8_E5M2: 8, F8_E4M3FNUZ: 8, F8_E5M2FNUZ: 8, F8_E8M0: 8, F6_E2M3: 6, F6_E3M2: 6, F4: 4, C64: 64 };
    let end = 0;
    const header = Object.fromEntries(Object.entries(types).map(([type, bits]) => [type, entry(type, [2, 4], end, (end += bits))]));
    const file = await SafetensorsFile.open(await raw(JSON.stringify({ __metadata__: null, ...header }), new Uint8Array(end).fill(7)));
    expect(file.metadata).toEqual({});
    for (const [type, bits] of Object.entries(types)) {
      expect(await file.readBytes(type)).toEqual(new Uint8Array(bits).fill(7));
      await expect(file.readFloat32(type)).rejects.toThrow(`tensor "${type}" is of type ${type}, which is not computed in: convert the model in Python`);
    }
    await file.close();
  });

  test('float32 becomes the nearest bfloat16, of two as near the even one; all bfloat16 values stay', async () => {
    const step = 2 ** -7; // between 1 and 2
    const given = [1 + step / 2 - 2 ** -20, 1 + step / 2, 1 + step / 2 + 2 ** -20, 1 + 1.5 * step, -3, 2 ** 100, -Infinity, 0, -0];
    const expected = [1, 1, 1 + step, 1 + 2 * step, -3, 2 ** 100, -Infinity, 0, -0];
    const every = Float32Array.from(new Float32Array(Uint32Array.from({ length: 65_536 }, (_, bits) => bits << 16).buffer));
    const path = join(folder, 'bf16.safetensors');
    await writeSafetensors(path, [
      { name: 'some', dtype: 'BF16', shape: [given.length], data: toBfloat16(Float32Array.from(given)) },
      { name: 'every', dtype: 'BF16', shape: [every.length], data: toBfloat16(every) },
    ]);
    expect(await readAll(path)).toEqual({ some: expected, every: [...every] });
  });

  test('all half-precision values', async () => {
    const bits = Uint16Array.from({ length: 65_536 }, (_, index) => index);
    const path = await raw(JSON.stringify({ x: entry('F16', [65_536], 0, 131_072) }), new Uint8Array(bits.buffer));
    const { x } = await readAll(path);
    expect([x[0x0000], x[0x0001], x[0x03ff], x[0x0400], x[0x3c00], x[0x7bff], x[0x7c00], x[0xfc00], x[0x7e00]]).toEqual([
      0, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, 1, 65_504, Infinity, -Infinity, NaN,
    ]);
  });
});

describe('a broken file is refused with one line', () => {
  const data = new Uint8Array(8);
  test.each([
    ['an array', '[]', 'its header is no JSON object'],
    ['no JSON', '{', 'its header is no UTF-8 JSON'],
    ['an unknown type', JSON.stringify({ a: entry('F8', [8], 0, 8) }), 'has element type "F8", which is none of F64, F32'],
    ['a part of a byte', JSON.stringify({ a: entry('F4', [3], 0, 2) }), 'tensor "a" of 1.5 bytes claims'],
    ['a negative length', JSON.stringify({ a: entry('F32', [-2], 0, 8) }), 'has shape [-2]'],
    ['a fractional length', JSON.stringify({ a: entry('F32', [0.5], 0, 2) }), 'has shape [0.5]'],
    ['an extent that is not the shape', JSON.stringify({ a: entry('F32', [1], 0, 8) }), 'tensor "a" of 4 bytes claims bytes [0,8] of 8'],
    ['an extent past the end', JSON.stringify({ a: entry('F32', [4], 0, 16) }), 'claims bytes [0,16] of 8'],
    ['overlapping tensors', JSON.stringify({ a: entry('F32', [2], 0, 8), b: entry('F32', [1], 4, 8) }), 'must neither overlap nor leave gaps'],
    ['a gap', JSON.stringify({ a: entry('F32', [1], 4, 8) }), 'must neither overlap nor leave gaps'],
    ['data left over', JSON.stringify({ a: entry('F32', [1], 0, 4) }), 'its tensors take 4 bytes, but 8 follow'],
    ['no offsets', JSON.stringify({ a: { dtype: 'F32', shape: [2] } }), 'claims bytes undefined'],
    ['a null entry', JSON.stringify({ a: null }), 'element type undefined'],
    ['metadata of numbers', JSON.stringify({ __metadata__: { a: 1 }, a: entry('F32', [2], 0, 8) }), '__metadata__ does not map strings'],
  ])('%s', async (_, header, message) => {
    const path = await raw(header, data);
    await expect(SafetensorsFile.open(path)).rejects.toThrow(message);
    await expect(SafetensorsFile.open(path)).rejects.toThrow(/^[^\n]+; download or export it again$/);
  });

  test('one that is cut off, empty, absent, or claims 10 GB', async () => {
    const path = await raw(JSON.stringify({ a: entry('F32', [2], 0, 8) }), data);
    await truncate(path, 60);
    await expect(SafetensorsFile.open(path)).rejects.toThrow('is no valid safetensors file');
    await truncate(path, 3);
    await expect(SafetensorsFile.open(path)).rejects.toThrow('it has 3 bytes, too few for a header');
    const huge = Buffer.alloc(16);
    huge.writeBigUInt64LE(10_000_000_000n);
    await writeFile(path, huge);
    await expect(SafetensorsFile.open(path)).rejects.toThrow('it claims a header of 10000000000 bytes in a file of 16');
    await expect(SafetensorsFile.open(join(folder, 'absent'))).rejects.toThrow('(ENOENT)');
  });

  test('whatever the bytes are, the outcome is a valid file or an UnmaskError', async () => {
    const value = fc.oneof(
      fc.record({ dtype: fc.constantFrom('F32', 'F16', 'I64', 'X'), shape: fc.array(fc.integer({ min: -1, max: 5 }), { maxLength: 3 }), data_offsets: fc.array(fc.integer({ min: -4, max: 40 }), { maxLength: 3 }) }),
      fc.jsonValue(),
    );
    const header = fc.oneof(fc.dictionary(fc.string(), value).map((object) => JSON.stringify(object)), fc.string());
    await fc.assert(
      fc.asyncProperty(header, fc.uint8Array({ maxLength: 40 }), async (text, bytes) => {
        try {
          await readAll(await raw(text, bytes));
        } catch (error) {
          expect(UnmaskError.isInstance(error)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('openCheckpoint', () => {
  const shard = (name: string, tensor: string) => writeSafetensors(join(folder, name), [{ name: tensor, dtype: 'F32', shape: [1], data: Float32Array.of(1) }]);
  const index = (map: unknown) => writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));

  test('joins shards', async () => {
    await shard('m-1.safetensors', 'a');
    await shard('m-2.safetensors', 'b');
    await index({ a: 'm-1.safetensors', b: 'm-2.safetensors' });
    const checkpoint = await openCheckpoint(folder);
    expect([...checkpoint.entries.keys()]).toEqual(['a', 'b']);
    expect([...(await checkpoint.readFloat32('b'))]).toEqual([1]);
    expect([...(await checkpoint.readBytes('a'))]).toEqual([0, 0, 0x80, 0x3f]);
    await expect(checkpoint.readBytes('c')).rejects.toThrow('holds no tensor "c"');
    await checkpoint.close();
  });

  test('opens a single file, or an index, by its own path', async () => {
    await shard('m-1.safetensors', 'a');
    await shard('m-2.safetensors', 'b');
    await index({ a: 'm-1.safetensors', b: 'm-2.safetensors' });
    for (const [name, tensors] of [['m-1.safetensors', ['a']], ['model.safetensors.index.json', ['a', 'b']]] as const) {
      const checkpoint = await openCheckpoint(join(folder, name));
      expect([...checkpoint.entries.keys()]).toEqual(tensors);
      await checkpoint.close();
    }
    await expect(openCheckpoint(join(folder, 'no.safetensors'))).rejects.toMatchObject({ code: 'not-found' });
  });

  test('takes the only safetensors file under any name, and refuses to guess among several', async () => {
    await shard('model.fp16.safetensors', 'a');
    await (await openCheckpoint(folder)).close();
    await shard('other.safetensors', 'a');
    await expect(openCheckpoint(folder)).rejects.toThrow('holds 2 safetensors files');
  });

  test('refuses an index that reaches outside its folder or lists what is not there', async () => {
    await shard('m-1.safetensors', 'a');
    await index({ a: '../m-1.safetensors' });
    await expect(openCheckpoint(folder)).rejects.toThrow('safetensors files in the same folder');
    await index({ a: 'm-1.safetensors', c: 'm-1.safetensors' });
    await expect(openCheckpoint(folder)).rejects.toThrow('it lists tensor "c", which no shard holds');
    await index({ a: 'm-3.safetensors' });
    await expect(openCheckpoint(folder)).rejects.toThrow('m-3.safetensors (ENOENT)');
  });
  test('refuses pickles with advice, and empty or absent folders', async () => {
    await expect(openCheckpoint(folder)).rejects.toThrow('holds no model.safetensors');
    await expect(openCheckpoint(join(folder, 'absent'))).rejects.toThrow('cannot read the model folder');
    await writeFile(join(folder, 'pytorch_model.bin'), '');
    await expect(openCheckpoint(folder)).rejects.toThrow('convert it with Python');
  });
});
