import type { HistoryLine } from '../files/names.js';

/**
 * Lines of a history as records of a TensorBoard event file: `loss`, `learning rate` and `unmasked` by step, and
 * `<task>/<split>/<metric>` of evaluations.
 * @param seconds since 1970, at which they were written
 */
export function eventRecords(lines: readonly HistoryLine[], seconds: number): Uint8Array {
  return joined(lines.flatMap((line) => scalarsOf(line).map(([tag, value]) => record(event(seconds, scalar(line.step, tag, value))))));
}

/** The record that an event file begins with. */
export function eventFileStart(seconds: number): Uint8Array {
  return record(event(seconds, field(3, LENGTH_DELIMITED, text('brain.Event:2'))));
}

function scalarsOf(line: HistoryLine): [tag: string, value: number][] {
  if ('loss' in line) return [['loss', line.loss], ['learning rate', line.learningRate], ['unmasked', line.unmasked]];
  if (!('scores' in line)) return [];
  return line.scores.flatMap(({ task, split, metrics }) => Object.entries(metrics).map(([name, value]): [string, number] => [`${task}/${split}/${name}`, value]));
}

// Protocol buffers, by the field numbers of tensorflow/core/util/event.proto and framework/summary.proto.

const [VARINT, DOUBLE, LENGTH_DELIMITED, FLOAT] = [0, 1, 2, 5];

function event(seconds: number, content: Uint8Array): Uint8Array {
  return joined([field(1, DOUBLE, written(8, (view) => view.setFloat64(0, seconds, true))), content]);
}

function scalar(step: number, tag: string, value: number): Uint8Array {
  const entry = joined([field(1, LENGTH_DELIMITED, text(tag)), field(2, FLOAT, written(4, (view) => view.setFloat32(0, value, true)))]);
  const summary = field(1, LENGTH_DELIMITED, counted(entry));
  return joined([field(2, VARINT, varint(step)), field(5, LENGTH_DELIMITED, counted(summary))]);
}

const field = (number: number, type: number, content: Uint8Array) => joined([varint(number * 8 + type), content]);
const counted = (content: Uint8Array) => joined([varint(content.length), content]);
const text = (content: string) => counted(new TextEncoder().encode(content));

function varint(value: number): Uint8Array {
  const groups: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) groups.push((value % 128) + 128);
  return Uint8Array.from([...groups, value]);
}

/** So many bytes, written by `write`. */
function written(length: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(length);
  write(new DataView(bytes.buffer));
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

// TFRecord, the framing of event files: length, its checksum, content, its checksum (tensorflow/core/lib/io/record_writer.h).

function record(content: Uint8Array): Uint8Array {
  const length = written(8, (view) => view.setUint32(0, content.length, true));
  return joined([length, maskedChecksum(length), content, maskedChecksum(content)]);
}

/** Of each byte its remainder by the Castagnoli polynomial. */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = (byte >>> 1) ^ (byte & 1 ? 0x82f63b78 : 0);
  return byte;
});

/** CRC-32C, rotated and offset as TFRecord does, so that records within records have other checksums. */
function maskedChecksum(content: Uint8Array): Uint8Array {
  let crc = 0xffffffff;
  for (const byte of content) crc = (crc >>> 8) ^ REMAINDERS[(crc ^ byte) & 255];
  crc = ~crc >>> 0;
  return written(4, (view) => view.setUint32(0, ((crc >>> 15) | (crc << 17)) + 0xa282ead8, true));
}
