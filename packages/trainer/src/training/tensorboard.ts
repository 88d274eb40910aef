import type { HistoryLine } from '../files/names.js';

/**
 * Lines of a history as records of a TensorBoard event file: `loss`, `learning rate` and `unmasked` by step, and
 * `<task>/<split>/<metric>` of evaluations.
 * @param seconds since 1970, at which they were written
 */
export function eventRecords(lines: readonly HistoryLine[], seconds: number): Buffer {
  return Buffer.concat(lines.flatMap((line) => scalarsOf(line).map(([tag, value]) => record(event(seconds, scalar(line.step, tag, value))))));
}

/** The record that an event file begins with. */
export function eventFileStart(seconds: number): Buffer {
  return record(event(seconds, field(3, LENGTH_DELIMITED, bytes(Buffer.from('brain.Event:2')))));
}

function scalarsOf(line: HistoryLine): [tag: string, value: number][] {
  if ('loss' in line) return [['loss', line.loss], ['learning rate', line.learningRate], ['unmasked', line.unmasked]];
  if (!('scores' in line)) return [];
  return line.scores.flatMap(({ task, split, metrics }) => Object.entries(metrics).map(([name, value]): [string, number] => [`${task}/${split}/${name}`, value]));
}

// Protocol buffers, by the field numbers of tensorflow/core/util/event.proto and framework/summary.proto.

const [VARINT, DOUBLE, LENGTH_DELIMITED, FLOAT] = [0, 1, 2, 5];

function event(seconds: number, content: Buffer): Buffer {
  const wallTime = Buffer.alloc(8);
  wallTime.writeDoubleLE(seconds);
  return Buffer.concat([field(1, DOUBLE, wallTime), content]);
}

function scalar(step: number, tag: string, value: number): Buffer {
  const simpleValue = Buffer.alloc(4);
  simpleValue.writeFloatLE(value);
  const entry = Buffer.concat([field(1, LENGTH_DELIMITED, bytes(Buffer.from(tag))), field(2, FLOAT, simpleValue)]);
  const summary = field(1, LENGTH_DELIMITED, bytes(entry));
  return Buffer.concat([field(2, VARINT, varint(step)), field(5, LENGTH_DELIMITED, bytes(summary))]);
}

const field = (number: number, type: number, content: Buffer) => Buffer.concat([varint(number * 8 + type), content]);
const bytes = (content: Buffer) => Buffer.concat([varint(content.length), content]);

function varint(value: number): Buffer {
  const groups: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) groups.push((value % 128) + 128);
  return Buffer.from([...groups, value]);
}

// TFRecord, the framing of event files: length, its checksum, content, its checksum (tensorflow/core/lib/io/record_writer.h).

function record(content: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(content.length));
  return Buffer.concat([length, maskedChecksum(length), content, maskedChecksum(content)]);
}

/** Of each byte its remainder by the Castagnoli polynomial. */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = (byte >>> 1) ^ (byte & 1 ? 0x82f63b78 : 0);
  return byte;
});

/** CRC-32C, rotated and offset as TFRecord does, so that records within records have other checksums. */
function maskedChecksum(content: Buffer): Buffer {
  let crc = 0xffffffff;
  for (const byte of content) crc = (crc >>> 8) ^ REMAINDERS[(crc ^ byte) & 255];
  crc = ~crc >>> 0;
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return masked;
}
