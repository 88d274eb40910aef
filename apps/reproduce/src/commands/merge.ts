import { mergeModel } from '@unmask/trainer';
import { backendNames, selectBackend } from '@unmask/tensor-core';
import { Command } from 'commander';

interface MergeOptions {
  out: string;
  base?: string;
  backend: string;
}

/** `unmask merge`: writes a trained model as a whole checkpoint. */
export function mergeCommand(): Command {
  return new Command('merge')
    .description('write what unmask train has trained as a checkpoint that Hugging Face transformers loads')
    .argument('<model>', 'the --out folder of unmask train')
    .requiredOption('--out <folder>', 'folder to make')
    .option('--base <folder|id>', 'the model that was trained, when it is no longer where it was')
    .option('--backend <name>', `engine: auto, ${backendNames.join(', ')}`, 'auto')
    .addHelpText(
      'after',
      `
The folder holds config.json with the names of the classes, model.safetensors in float32 and the tokenizer. unmask predict takes it, too.

Example:
  unmask merge my-model --out my-checkpoint`,
    )
    .action(async (model: string, { out, base, backend }: MergeOptions) => {
      const engine = await selectBackend(backend);
      process.stderr.write(`${engine.message}\n`);
      const { scale } = await mergeModel(model, out, { base });
      process.stdout.write(`${out}\n`);
      if (scale) process.stderr.write(`its head has no bias: a score is the checkpoint's answer times ${scale.deviation} plus ${scale.mean}\n`);
    });
}
