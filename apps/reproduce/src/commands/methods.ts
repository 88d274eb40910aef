import { adapters, type Method, methods } from '@unmask/trainer';
import { Command } from 'commander';
import { asJson } from '../json.js';
import { plainTable } from '../table.js';

/** `unmask methods`: lists the methods. */
export function methodsCommand(): Command {
  return new Command('methods')
    .description('list the methods of fine-tuning')
    .option('--json', 'print the list as JSON on standard output', false)
    .addHelpText(
      'after',
      `
A method that trains a budget goes together with an adapter, of whose parameters it then trains as many: id3+lora.

Examples:
  unmask methods
  unmask methods --json | jq -r ".[].name"`,
    )
    .action(({ json }: { json: boolean }) => {
      const all = [...methods, ...adapters].map(facts);
      process.stdout.write(`${json ? asJson(all) : table(all)}\n`);
    });
}

const TRAINS: Readonly<Record<Method['trains'], string>> = { budget: 'a budget', 'own-set': 'its own set', everything: 'everything' };

const facts = ({ name, summary, trains, adapter, learningRate }: Method) => ({ name, summary, trains: adapter ? 'an adapter' : TRAINS[trains], learningRate });

function table(all: readonly ReturnType<typeof facts>[]): string {
  return plainTable(['method', 'trains', 'learning rate', 'what it is'], all.map(({ name, trains, learningRate, summary }) => [name, trains, String(learningRate), summary]), 4);
}
