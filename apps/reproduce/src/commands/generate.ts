import { createInterface } from 'node:readline';
import { type ChatMessage, type GeneratedText, type LanguageModel, loadLanguageModel, streamText, type TextOptions } from '@unmask/models';
import { kindWords } from '@unmask/tasks';
import { CARD, loadTrainedModel, shellWord } from '@unmask/trainer';
import { backendNames, factsOf, joinPath, printable, Random, selectBackend, UnmaskError } from '@unmask/tensor-core';
import { Command, Option } from 'commander';
import { withAdapter } from '../adapter.js';
import { asJson } from '../json.js';
import { integer, number } from '../options.js';

interface GenerateOptions {
  model: string;
  adapter?: string;
  prompt?: string;
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
    .requiredOption('--model <folder|id>', 'decoder in Hugging Face layout, a hub id, or the --out folder of unmask train')
    .option('--prompt <text>', 'what the model goes on with; with --chat lines of standard input, a turn each, when left out')
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
  A conversation with what unmask train has trained, a line a turn:
    unmask generate --model my-model --chat
  With what a run has trained:
    unmask generate --model my-model --adapter runs/<run> --prompt 'Once upon a time' --json`,
    )
    .action(async (options: GenerateOptions) => {
      const textOptions = textOptionsOf(options);
      const engine = await selectBackend(options.backend);
      process.stderr.write(`${engine.message}\n`);
      const language = await load(options.model);
      const model = options.adapter === undefined ? language : await withAdapter(language, options.adapter);
      if (options.prompt !== undefined) await print(model, options.chat ? [{ role: 'user', content: options.prompt }] : options.prompt, options, textOptions);
      else await converse(model, options, textOptions);
    });
}

/** A decoder, or what unmask train has made of one. @throws UnmaskError when it writes no texts */
async function load(source: string): Promise<LanguageModel> {
  if (!(await factsOf(joinPath(source, CARD)).catch(() => undefined))) return loadLanguageModel(source);
  const trained = await loadTrainedModel(source);
  if (trained.pretrained.head.kind === 'causal-lm') return trained;
  trained.model.dispose();
  throw new UnmaskError(`${source} was trained for ${kindWords[trained.user.task.kind]} and writes no texts: unmask predict --model ${shellWord(source)} uses it`);
}

/** @throws UnmaskError when options do not go together, or the prompt is empty */
function textOptionsOf({ prompt, chat, maxNewTokens, temperature, topK, topP, beams, stop, seed }: GenerateOptions): TextOptions {
  if (prompt === undefined && !chat) throw new UnmaskError('there is nothing to go on with: give a --prompt, or --chat for a conversation');
  if (prompt?.trim() === '') throw new UnmaskError('--prompt is empty: write at least one word for the model to go on with');
  if (temperature === 0 && (topK !== undefined || topP !== undefined)) throw new UnmaskError('--top-k and --top-p choose what is drawn from: give a --temperature above 0 too, such as 0.7');
  if (temperature > 0 && beams > 1) throw new UnmaskError('--beams search for the likeliest text and --temperature draws one: give either');
  return {
    maxNewTokens,
    stop,
    sampling: temperature > 0 ? { temperature, topK, topP, random: new Random(seed) } : undefined,
    beams: beams > 1 ? { count: beams } : undefined,
  };
}

/** Answers lines of standard input, each a turn of one conversation, until they end. */
async function converse(language: LanguageModel, given: GenerateOptions, options: TextOptions): Promise<void> {
  const messages: ChatMessage[] = [];
  const lines = createInterface({ input: process.stdin });
  const ask = () => process.stdin.isTTY && process.stderr.write('> ');
  ask();
  for await (const line of lines) {
    if (line.trim() !== '') {
      messages.push({ role: 'user', content: line });
      messages.push({ role: 'assistant', content: await print(language, messages, given, options) });
    }
    ask();
  }
}

/** Writes a text as it comes. @returns all of it */
async function print(language: LanguageModel, prompt: string | readonly ChatMessage[], { json }: GenerateOptions, options: TextOptions): Promise<string> {
  const start = performance.now();
  const pieces = streamText(language, prompt, options);
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
  return text;
}

const ENDINGS: Readonly<Record<GeneratedText['finishReason'], string>> = {
  eos: 'the model ended the text',
  stop: 'a stop text came',
  length: 'the most tokens were reached',
};
