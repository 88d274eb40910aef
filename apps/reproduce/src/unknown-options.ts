import { didYouMean, UnmaskError } from '@unmask/tensor-core';
import type { Command } from 'commander';

/**
 * Refuses options that a command does not have before it is said which others are missing: a typo is both.
 * @throws UnmaskError naming the first of them, and the nearest that there is
 */
export function refuseUnknownOptions(program: Command, args: readonly string[]): void {
  const command = program.commands.find((each) => each.name() === args[0]);
  if (!command) return;
  const names = [...command.options.flatMap(({ long }) => long ?? []), '--help'];
  for (let index = 1; index < args.length && args[index] !== '--'; index++) {
    const [name] = args[index].split('=', 1);
    const option = command.options.find(({ long, short }) => long === name || short === name);
    if (option?.required && name === args[index]) index++; // its value, whatever that looks like
    else if (!option && name.startsWith('--') && !names.includes(name)) throw new UnmaskError(`unknown option ${name}${didYouMean(name, names)} (unmask ${command.name()} --help lists them)`);
  }
}
