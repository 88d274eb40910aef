import { readFileSync } from 'node:fs';
import { UnmaskError } from '@unmask/tensor-core';
import { Command, CommanderError } from 'commander';
import { completionCommand } from './commands/completion.js';
import { evalCommand } from './commands/eval.js';
import { exportCommand } from './commands/export.js';
import { generateCommand } from './commands/generate.js';
import { inspectCommand } from './commands/inspect.js';
import { mergeCommand } from './commands/merge.js';
import { mergeRunsCommand } from './commands/merge-runs.js';
import { methodsCommand } from './commands/methods.js';
import { predictCommand } from './commands/predict.js';
import { reportCommand } from './commands/report.js';
import { reproduceCommand } from './commands/reproduce.js';
import { runCommand } from './commands/run.js';
import { tasksCommand } from './commands/tasks.js';
import { trainCommand } from './commands/train.js';
import { workerCommand } from './commands/worker.js';
import { fileTrouble } from './file-trouble.js';
import { INTERRUPTED } from './interrupt.js';
import { refuseUnknownOptions } from './unknown-options.js';

/** The app's own version, from its package.json. */
const VERSION = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string }).version;

/** Exit code for anything that the user can mend: wrong options, files, data. */
const USER_ERROR = 2;

/**
 * The command-line app.
 * @param args what follows `unmask`
 * @returns the exit code: 0; 2 after a one-line message for mistakes that the user can mend; 130 after Ctrl-C; other errors are thrown
 */
export async function main(args: readonly string[]): Promise<number> {
  const program = new Command('unmask')
    .description('Parameter-efficient fine-tuning with ID³ on TensorFlow.js')
    .version(VERSION, '--version', 'print the version')
    .exitOverride()
    .showHelpAfterError('(add --help for usage and examples)')
    .addCommand(runCommand())
    .addCommand(workerCommand())
    .addCommand(trainCommand())
    .addCommand(predictCommand())
    .addCommand(evalCommand())
    .addCommand(mergeCommand())
    .addCommand(exportCommand())
    .addCommand(inspectCommand())
    .addCommand(generateCommand())
    .addCommand(reportCommand())
    .addCommand(mergeRunsCommand())
    .addCommand(reproduceCommand())
    .addCommand(tasksCommand())
    .addCommand(methodsCommand())
    .addCommand(completionCommand());
  for (const command of program.commands) command.exitOverride().showHelpAfterError('(add --help for usage and examples)');
  try {
    refuseUnknownOptions(program, args);
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USER_ERROR; // commander has printed its message
    const isOurs = UnmaskError.isInstance(error);
    const message = isOurs ? [error.message, ...error.details].join('\n  ') : fileTrouble(error);
    if (message === undefined) throw error;
    process.stderr.write(`unmask: ${message}\n`);
    return isOurs && error.code === 'interrupted' ? INTERRUPTED : USER_ERROR;
  }
}
