import { adapters, methods } from '@unmask/trainer';
import { taskNames } from '@unmask/tasks';
import { backendNames } from '@unmask/tensor-core';
import type { Command, Option } from 'commander';
import { presetNames } from '../presets.js';

/** An option as a shell completes it. */
export interface OptionWords {
  /** `--name`. */
  readonly name: string;
  readonly description: string;
  readonly takesValue: boolean;
  /** Whether its value is a list with commas between. */
  readonly isList: boolean;
  readonly takesFile: boolean;
  /** What the value may be; empty for files, numbers and texts. */
  readonly values: readonly string[];
}

/** A command as a shell completes it. */
export interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  /** What its first argument may be; empty for files. */
  readonly values: readonly string[];
}

/** Longest description that fits beside a word, in characters. */
const LONGEST = 70;

const METHODS = [...methods, ...adapters].map(({ name }) => name);

/** Values of options that are checked by what uses them. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  '--tasks': taskNames,
  '--methods': METHODS,
  '--method': METHODS,
  '--preset': presetNames,
  '--backend': ['auto', ...backendNames],
};

/** Options of which several values may stand with commas between. */
const LISTS = ['--tasks', '--methods'];

/** The words of a program's commands, as its own definitions have them. */
export function wordsOf(program: Command): CommandWords[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: short(command.description()),
    options: [...command.options.map(optionWords), HELP],
    values: command.registeredArguments[0]?.argChoices ?? [],
  }));
}

const HELP: OptionWords = { name: '--help', description: 'display help', takesValue: false, isList: false, takesFile: false, values: [] };

function optionWords({ long, flags, description, required, optional, argChoices }: Option): OptionWords {
  const name = long!; // every option of ours has a long name
  return {
    name,
    description: short(description),
    takesValue: required || optional,
    isList: LISTS.includes(name),
    takesFile: /<(?:file|folder)/.test(flags),
    values: argChoices ?? VALUES[name] ?? [],
  };
}

/** The beginning of a text, up to the end of a clause. */
function short(text: string): string {
  const clause = text.split(/[:;(]/)[0].trim();
  return clause.length <= LONGEST ? clause : `${clause.slice(0, LONGEST).replace(/\s+\S*$/, '')}…`;
}
