import { Argument, Command } from 'commander';
import { bashCompletion } from '../completion/bash.js';
import { fishCompletion } from '../completion/fish.js';
import { wordsOf, type CommandWords } from '../completion/words.js';
import { zshCompletion } from '../completion/zsh.js';

const SHELLS: Readonly<Record<string, (commands: readonly CommandWords[]) => string>> = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/**
 * `unmask completion`: prints a script by which a shell completes commands, options, and names of tasks and methods.
 * It has the words of the program that the command is added to.
 */
export function completionCommand(): Command {
  const command = new Command('completion')
    .description('print a script that completes commands, options and names in your shell')
    .addArgument(new Argument('<shell>', 'your shell').choices(Object.keys(SHELLS)))
    .addHelpText(
      'after',
      `
Examples:
  bash, from the next shell on:
    unmask completion bash > ~/.local/share/bash-completion/completions/unmask
  zsh, in a folder of $fpath:
    unmask completion zsh > "\${fpath[1]}/_unmask"
  fish:
    unmask completion fish > ~/.config/fish/completions/unmask.fish`,
    )
    .action((shell: string) => {
      process.stdout.write(SHELLS[shell](wordsOf(command.parent!))); // it is a command of a program
    });
  return command;
}
