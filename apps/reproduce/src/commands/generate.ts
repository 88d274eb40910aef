import { type GeneratedText, type LanguageModel, loadLanguageModel, streamText, type TextOptions } from '@unmask/models';
import { backendNames, printable, Random, selectBackend, UnmaskError } from '@unmask/tensor-core';
import { Command, Option } from 'commander';
import { withAdapter } from '../adapter.js';
import { asJson } from '../json.js';
import { integer, number } from '../options.js';

interface GenerateOptions {
  model: string;
  adapter?: string;
  prompt: string;
  chat: boolean;
  maxNewTokens: number;
  temperature: number;
  topK?: number;
  topP?: number;
  beams: number;
  stop: string[];
  seed: number;
  backend: string;
  json: boolean;
}

/** `unmask generate`: goes on with a prompt. */
export function generateCommand(): Command {
  return new Command('generate')
    .description('go on with a prompt: the text appears on standard output as it is written')
    .requiredOption('--model <folder|id>', 'decoder in Hugging Face layout, or a hub id')
    .requiredOption('--prompt <text>', 'what the model goes on with')
    .option('--chat', "give the prompt as a user's message, through the model's chat template", false)
    .option('--adapter <folder>', 'folder of what was trained with this model: a run of `unmask run`, or an adapter of Hugging Face PEFT')
    .option('--max-new-tokens <n>', 'most tokens to add', integer(1), 100)
    .option('--temperature <t>', 'how freely tokens are drawn; 0: the likeliest each time', number(0, 100), 0)
    .option('--top-k <k>', 'draw from the k likeliest tokens', integer(1))
    .option('--top-p <p>', 'draw from the likeliest tokens that together have this probability', number(0, 1))
    .addOption(new Option('--beams <n>', 'follow n texts at once and give the likeliest, at the end').argParser(integer(1)).default(1))
    .option('--stop <texts...>', 'end before the first of these texts', [])
    .option('--seed <n>', 'seed of the drawing', integer(0), 1)
    .option('--backend <name>', `engine: auto, ${backendNames.join(', ')}`, 'auto')
    .option('--json', 'print text, tokens, tokensPerSecond, promptTokens and finishReason as JSON, at the end', false)
    .addHelpText(
      'after',
      `
Examples:
  The likeliest continuation:
    unmask generate --model HuggingFaceTB/SmolLM2-135M --prompt 'Gravity is' --max-new-tokens 60
  An answer to a question, drawn at random, up to the end of its paragraph:
    unmask generate --model HuggingFaceTB/SmolLM2-135M-Instruct --chat --prompt 'What is gravity?' --temperature 0.7 --top-p 0.9 --stop $'\\n\\n'
  With what a run has trained:
    unmask generate --model my-model --adapter runs/<run> --prompt 'Once upon a time' --json`,
    )
    .action(async (options: GenerateOptions) => {
      const textOptions = textOptionsOf(options);
      const engine = await selectBackend(options.backend);
      process.stderr.write(`${engine.message}\n`);
      const language = await loadLanguageModel(options.model);
      await print(options.adapter === undefined ? language : await withAdapter(language, options.adapter), options, textOptions);
    });
}

/** @throws UnmaskError when options do not go together, or the prompt is empty */
function textOptionsOf({ prompt, maxNewTokens, temperature, topK, topP, beams, stop, seed }: GenerateOptions): TextOptions {
  if (prompt.trim() === '') throw new UnmaskError('--prompt is empty: write at least one word for the model to go on with');
  if (temperature === 0 && (topK !== undefined || topP !== undefined)) throw new UnmaskError('--top-k and --top-p choose what is drawn from: give a --temperature above 0 too, such as 0.7');
  if (temperature > 0 && beams > 1) throw new UnmaskError('--beams search for the likeliest text and --temperature draws one: give either');
  return {
    maxNewTokens,
    stop,
    sampling: temperature > 0 ? { temperature, topK, topP, random: new Random(seed) } : undefined,
    beams: beams > 1 ? { count: beams } : undefined,
  };
}

async function print(language: LanguageModel, { prompt, chat, json }: GenerateOptions, options: TextOptions): Promise<void> {
  const start = performance.now();
  const pieces = streamText(language, chat ? [{ role: 'user', content: prompt }] : prompt, options);
  let next = await pieces.next();
  for (; !next.done; next = await pieces.next()) {
    if (!json) process.stdout.write(printable(next.value, '\n\t'));
  }
  const seconds = (performance.now() - start) / 1000;
  const { text, tokens, promptTokens, finishReason } = next.value;
  const tokensPerSecond = Math.round((10 * tokens) / seconds) / 10;
  if (json) process.stdout.write(`${asJson({ text, tokens, tokensPerSecond, promptTokens, finishReason })}\n`);
  else process.stdout.write('\n');
  process.stderr.write(`${tokens} tokens after ${promptTokens} in ${seconds.toFixed(1)} s, ${tokensPerSecond} tokens/s; ${ENDINGS[finishReason]}\n`);
}

const ENDINGS: Readonly<Record<GeneratedText['finishReason'], string>> = {
  eos: 'the model ended the text',
  stop: 'a stop text came',
  length: 'the most tokens were reached',
};
