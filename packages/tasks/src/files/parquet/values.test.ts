import { describe, expect, test } from '@jest/globals';
import type { SchemaElement, SchemaTree } from 'hyparquet';
import { writerOf } from './values.js';

const leaf = (element: Partial<SchemaElement>): SchemaTree => ({ children: [], count: 1, path: [], element: { name: 'x', ...element } });
const group = (element: Partial<SchemaElement>, ...children: SchemaTree[]): SchemaTree => ({ ...leaf(element), children });
const named = (name: string, node: SchemaTree): SchemaTree => ({ ...node, element: { ...node.element, name } });
const bytes = (...values: number[]) => Uint8Array.from(values);
const utf8 = (text: string) => new Uint8Array(Buffer.from(text));
const stamp = (unit: 'MILLIS' | 'MICROS' | 'NANOS', isAdjustedToUTC: boolean) => leaf({ type: 'INT64', logical_type: { type: 'TIMESTAMP', unit, isAdjustedToUTC } });

describe('a value is written as it stands', () => {
  test.each<[string, SchemaTree, unknown, string | [string]]>([
    ['a 64-bit number', leaf({ type: 'INT64' }), 1580661436132757506n, ['1580661436132757506']],
    ['an unsigned one', leaf({ type: 'INT64', converted_type: 'UINT_64' }), -1n, ['18446744073709551615']],
    ['an unsigned one of 32 bits', leaf({ type: 'INT32', logical_type: { type: 'INTEGER', bitWidth: 32, isSigned: false } }), -1, ['4294967295']],
    ['a truth value', leaf({ type: 'BOOLEAN' }), false, ['false']],
    ['none', leaf({ type: 'INT64' }), null, ['null']],
    ['a double', leaf({ type: 'DOUBLE' }), 0.1 + 0.2, ['0.30000000000000004']],
    ['a double that is no number', leaf({ type: 'DOUBLE' }), -Infinity, '-Infinity'],
    ['a negative zero', leaf({ type: 'DOUBLE' }), -0, ['-0']],
    ['a float', leaf({ type: 'FLOAT' }), Math.fround(0.1), ['0.1']],
    ['a large float', leaf({ type: 'FLOAT' }), Math.fround(16_777_217.5), ['16777218']],
    ['half a float', leaf({ type: 'FIXED_LEN_BYTE_ARRAY', logical_type: { type: 'FLOAT16' } }), bytes(0x00, 0xc1), ['-2.5']],
    ['a text', leaf({ type: 'BYTE_ARRAY', converted_type: 'UTF8' }), utf8('\ufeffä'), '\ufeffä'],
    ['bytes that are a text', leaf({ type: 'BYTE_ARRAY' }), utf8('ä\n'), 'ä\n'],
    ['bytes that are none', leaf({ type: 'BYTE_ARRAY' }), bytes(255, 0), '/wA='],
    ['JSON', leaf({ type: 'BYTE_ARRAY', converted_type: 'JSON' }), utf8(' {"a": 9007199254740993}'), ['{"a": 9007199254740993}']],
    ['a UUID', leaf({ type: 'FIXED_LEN_BYTE_ARRAY', logical_type: { type: 'UUID' } }), bytes(...Array.from({ length: 16 }, (_, i) => i)), '00010203-0405-0607-0809-0a0b0c0d0e0f'],
    ['a date', leaf({ type: 'INT32', converted_type: 'DATE' }), 19_724, '2024-01-02'],
    ['a date before 1970', leaf({ type: 'INT32', logical_type: { type: 'DATE' } }), -1, '1969-12-31'],
    ['a date beyond all calendars', leaf({ type: 'INT32', converted_type: 'DATE' }), 2 ** 31 - 1, ['2147483647']],
    ['nanoseconds', stamp('NANOS', true), 1_704_196_800_123_456_789n, '2024-01-02T12:00:00.123456789Z'],
    ['microseconds before 1970 of no zone', stamp('MICROS', false), -1n, '1969-12-31T23:59:59.999999'],
    ['milliseconds', stamp('MILLIS', false), 1_704_196_800_000n, '2024-01-02T12:00:00'],
    ['an old kind of milliseconds', leaf({ type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' }), 1_704_196_800_120n, '2024-01-02T12:00:00.120Z'],
    ['a time', leaf({ type: 'INT64', logical_type: { type: 'TIME', unit: 'MICROS', isAdjustedToUTC: false } }), 3_723_000_010n, '01:02:03.000010'],
    ['a decimal of bytes', leaf({ type: 'FIXED_LEN_BYTE_ARRAY', converted_type: 'DECIMAL', scale: 2 }), bytes(255, 255, 255, 251), ['-0.05']],
    ['a decimal number', leaf({ type: 'INT64', logical_type: { type: 'DECIMAL', precision: 18, scale: 4 } }), 1234567890123456789n, ['123456789012345.6789']],
    ['an interval', leaf({ type: 'FIXED_LEN_BYTE_ARRAY', converted_type: 'INTERVAL' }), bytes(1, 0, 0, 0, 2, 0, 0, 0, 0xdc, 5, 0, 0), 'P1M2DT1.5S'],
  ])('%s', (_, node, value, written) => expect(writerOf(node)(value)).toEqual(written));

  test('lists, structures and maps, with the same types inside', () => {
    const day = leaf({ type: 'INT32', converted_type: 'DATE' });
    const list = group({ converted_type: 'LIST' }, group({ repetition_type: 'REPEATED' }, day));
    expect(writerOf(list)([0, null, 1])).toEqual(['["1970-01-01",null,"1970-01-02"]']);
    const structure = group({}, named('id', leaf({ type: 'INT64' })), named('days', list));
    expect(writerOf(structure)({ id: 2n ** 60n, days: [0] })).toEqual(['{"id":1152921504606846976,"days":["1970-01-01"]}']);
    const map = group({ converted_type: 'MAP' }, group({ repetition_type: 'REPEATED' }, named('key', leaf({ converted_type: 'UTF8' })), named('value', day)));
    expect(writerOf(map)({ first: 0, second: null })).toEqual(['{"first":"1970-01-01","second":null}']);
  });
});
