import { groupTensors, inspect, type Inspection, patternOf } from '@unmask/benchmark';
import { printable } from '@unmask/tensor-core';
import { Command } from 'commander';
import { asJson } from '../json.js';
import { plainTable } from '../table.js';

interface InspectOptions {
  all: boolean;
  json: boolean;
}

/** `unmask inspect`: what is in a folder or a file. */
export function inspectCommand(): Command {
  return new Command('inspect')
    .description('say what is in a trained model, a run, an adapter, a checkpoint, or a safetensors file')
    .argument('<path>', 'folder or .safetensors file')
    .option('--all', 'list every tensor, not those of all layers together', false)
    .option('--json', 'print everything as JSON on standard output', false)
    .addHelpText(
      'after',
      `
Examples:
  What was trained, and where the entries lie:
    unmask inspect my-model
  Which layers have most of them:
    unmask inspect my-model --all
  The tensors of any checkpoint:
    unmask inspect model.safetensors --json`,
    )
    .action(async (path: string, { all, json }: InspectOptions) => {
      const inspection = await inspect(path);
      process.stdout.write(`${json ? asJson(inspection) : describe(inspection, all)}\n`);
    });
}

function describe({ what, path, facts, tensors, delta }: Inspection, all: boolean): string {
  const lines = Object.entries(facts).map(([name, value]) => `  ${name}: ${brief(value)}`);
  return [`${path}: ${what}`, ...lines, ...(tensors ? [tensorTable(tensors, all)] : []), ...(delta ? [deltaTable(delta, all)] : [])].join('\n');
}

/** Longest value that is shown, in characters. */
const LONGEST = 200;

/** A value from a file on one line. */
function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const short = text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
  return printable(short);
}

const number = (value: number) => value.toLocaleString('en');

function tensorTable(tensors: NonNullable<Inspection['tensors']>, all: boolean): string {
  const groups = groupTensors(tensors, all);
  const rows = groups.map(({ name, tensors: count, shapes, dtype, parameters, bytes }) => [brief(name), number(count), shapes.map((shape) => `[${shape.join(', ')}]`).join(' '), dtype, number(parameters), number(bytes)]);
  const sum = (valueOf: (group: (typeof groups)[number]) => number) => number(groups.reduce((total, group) => total + valueOf(group), 0));
  return plainTable(['parameters', 'tensors', 'shape', 'type', 'scalars', 'bytes'], [...rows, ['in all', sum((group) => group.tensors), '', '', sum(({ parameters }) => parameters), sum(({ bytes }) => bytes)]]);
}

function deltaTable({ parameters, total }: NonNullable<Inspection['delta']>, all: boolean): string {
  const groups = new Map<string, { tensors: number; count: number; size: number; dense: boolean }>();
  for (const { name, shape, count, dense } of parameters) {
    const key = all ? name : patternOf(name);
    const group = groups.get(key) ?? { tensors: 0, count: 0, size: 0, dense };
    groups.set(key, { tensors: group.tensors + 1, count: group.count + count, size: group.size + shape.reduce((product, length) => product * length, 1), dense });
  }
  const rows = [...groups].sort(([, a], [, b]) => b.count - a.count).map(([name, { tensors, count, size, dense }]) => [brief(name), number(tensors), number(count), percent(count / size), percent(count / total.count), dense ? 'in full' : 'selected']);
  const sum = ['in all', number(parameters.length), number(total.count), percent(total.share), percent(1), ''];
  return plainTable(['parameters', 'tensors', 'entries', 'of the tensors', 'of the change', ''], [...rows, sum]);
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
