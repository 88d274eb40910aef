import type { ConfigReader } from '../../config.js';
import { fromByteCharacters, bytesOf, textOf } from '../bytes.js';
import { finderOf, readPattern } from '../pattern.js';
import { replaceAll } from '../normalizers/replace.js';
import { wholePiece } from '../piece.js';
import { readMetaspace } from '../pre-tokenizers/metaspace.js';
import { INSERTED, type Kinds, readCharacter, readSteps, type Step } from '../steps.js';
import { byteFallback } from './byte-fallback.js';
import { joinPunctuation } from './clean-up.js';

type Tokens = readonly string[];

/** A decoder that looks at each token by itself, and at whether it is the first or the last one. */
const eachToken = (change: (token: string, index: number, last: number) => string, growth = 1): Step<Tokens, Tokens> => ({
  run: (tokens) => tokens.map((token, index) => change(token, index, tokens.length - 1)),
  growth,
});

const KINDS: Kinds<Tokens, Tokens> = {
  BPEDecoder: (settings) => {
    const suffix = settings.text('suffix', INSERTED, '</w>');
    return eachToken((token, index, last) => token.replaceAll(suffix, index === last ? '' : ' '), suffix === '' ? 2 : 1);
  },
  ByteFallback: () => ({ run: byteFallback }),
  ByteLevel: () => ({ run: (tokens) => [textOf(Uint8Array.from(tokens.flatMap((token) => fromByteCharacters(token) ?? [...bytesOf(token)])))] }),
  CTC: (settings) => {
    const [padding, delimiter] = ['pad_token', 'word_delimiter_token'].map((name) => settings.text(name, INSERTED));
    const cleans = settings.flag('cleanup', true);
    const change = (token: string) => {
      const text = token.replaceAll(padding, '');
      return cleans ? joinPunctuation(text).replaceAll(delimiter, ' ') : text;
    };
    return { run: (tokens) => tokens.filter((token, index) => index === 0 || token !== tokens[index - 1]).map(change).filter((text) => text !== ''), growth: 2 };
  },
  Fuse: () => ({ run: (tokens) => [tokens.join('')] }),
  Metaspace: (settings) => {
    const { replacement, scheme } = readMetaspace(settings);
    return eachToken((token, index) => token.replaceAll(replacement, index === 0 && scheme !== 'never' ? '' : ' '));
  },
  Replace: (settings) => {
    const [find, content] = [finderOf(readPattern(settings)), settings.text('content', INSERTED)];
    return eachToken((token) => replaceAll(wholePiece(token), find, content).text, content.length + 1);
  },
  Strip: (settings) => {
    const content = readCharacter(settings, 'content');
    const [start, stop] = ['start', 'stop'].map((name) => settings.count(name, 0));
    return eachToken((token) => strip(token, content, start, stop));
  },
  WordPiece: (settings) => {
    const [prefix, cleans] = [settings.text('prefix', INSERTED, '##'), settings.flag('cleanup', true)];
    return eachToken((token, index) => {
      const text = index === 0 ? token : token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
      return cleans ? joinPunctuation(text) : text;
    }, 2);
  },
};

/** Takes a character off both ends of a token, at most so many times. */
function strip(token: string, content: string, start: number, stop: number): string {
  const characters = [...token];
  let [from, to] = [0, characters.length];
  while (from < Math.min(start, characters.length) && characters[from] === content) from++;
  while (to > Math.max(0, characters.length - stop) && characters[to - 1] === content) to--;
  return characters.slice(from, Math.max(from, to)).join('');
}

/**
 * Reads how tokenizer.json makes a text of tokens.
 * @throws UnmaskError naming a kind or setting that is not supported
 */
export function readDecoder(definition: ConfigReader): (tokens: Tokens) => string {
  if (!definition.has('decoder')) return (tokens) => tokens.join(' ');
  const steps = readSteps(definition, 'decoder', 'decoders', KINDS);
  return (tokens) => steps.reduce((decoded, { run }) => run(decoded), tokens).join('');
}
