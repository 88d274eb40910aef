import { factsOf, joinPath, readJsonFile, UnmaskError } from '@unmask/tensor-core';
import { ConfigReader } from '../config.js';
import { wrongFolder } from '../folder-kind.js';
import { type EncodedBatch, type Encoding, padRows, type PaddingSide } from './batch.js';
import { assistantSpans } from './assistant-spans.js';
import { type ChatMessage, type ChatOptions, readChatTemplate, renderChat } from './chat-template.js';
import { encodeAfter } from './continuation.js';
import { cleanUpSpaces } from './decoders/clean-up.js';
import type { Span } from '../jinja/template.js';
import { Pipeline } from './pipeline.js';
import { findSpecialTokens, listedTokens, namedTokens, type SpecialTokens } from './special-tokens.js';
import { countSpecialTokens, layOut, parseTemplates, segments, type Template, type Templates, withoutSpecialTokens } from './template.js';
import { TextStream } from './text-stream.js';
import { withinTime } from './time-limit.js';
import { longestFirst, truncated, TRUNCATION_SIDES, type TruncationSide } from './truncation.js';

/** One text, or a pair. */
export type Texts = readonly [string] | readonly [string, string];

/** Options of {@link Tokenizer.encode}. */
export interface EncodeOptions {
  /**
   * Most tokens, special ones included; all by default. Texts lose those at their end, or at their beginning where the
   * checkpoint's `truncation_side` says left; of a pair the longer text loses tokens first (HF tokenizers' `longest_first`).
   */
  readonly maxLength?: number;
  /** Whether the model's special tokens go around the texts; true by default. */
  readonly addSpecialTokens?: boolean;
}

/** Options of {@link Tokenizer.encodeBatch}. */
export interface EncodeBatchOptions extends EncodeOptions {
  /** `right` by default. */
  readonly paddingSide?: PaddingSide;
}

/** A sentence that was words already, as tokens. */
export interface EncodedWords extends Encoding {
  /** The index of the word that each token is of; −1 for special tokens. */
  readonly words: readonly number[];
}

/** A conversation as token ids. */
export interface EncodedChat {
  readonly ids: readonly number[];
  /** Of each id: whether the assistant wrote it. */
  readonly assistant: readonly boolean[];
}

/** Characters of a text in which a special token at its beginning is looked for. */
const LONGEST_SPECIAL_TOKEN = 64;

/** What a tokenizer's files say. */
interface TokenizerParts {
  readonly pipeline: Pipeline;
  readonly templates: Templates;
  readonly specialTokens: SpecialTokens;
  readonly truncationSide: TruncationSide;
  readonly cleansUpSpaces: boolean;
  readonly chatTemplate: string | undefined;
}

/** Turns texts into token ids and back, as a checkpoint's own tokenizer.json says. */
export class Tokenizer {
  /** Special tokens by what they are for. */
  readonly specialTokens: SpecialTokens;
  readonly #parts: TokenizerParts;

  private constructor(parts: TokenizerParts) {
    this.specialTokens = parts.specialTokens;
    this.#parts = parts;
  }

  /**
   * Reads tokenizer.json and, where there are any, tokenizer_config.json, special_tokens_map.json and chat_template.jinja.
   * @throws UnmaskError when tokenizer.json is missing or one of them broken
   */
  static async load(folder: string): Promise<Tokenizer> {
    const definition = await readJsonFile(joinPath(folder, 'tokenizer.json'));
    if (definition === undefined) {
      if (!(await factsOf(joinPath(folder, 'config.json')))) throw await wrongFolder(folder);
      throw new UnmaskError(
        `${folder} has no tokenizer.json: save it with Python, AutoTokenizer.from_pretrained(folder).save_pretrained(folder)`,
        { code: 'not-found' },
      );
    }
    const [config = {}, map = {}] = await Promise.all(['tokenizer_config.json', 'special_tokens_map.json'].map((name) => readJsonFile(joinPath(folder, name))));
    const chatTemplate = await readChatTemplate(folder, config);
    try {
      const read = new ConfigReader(config, '', 'tokenizer_config.json');
      const files = [read, new ConfigReader(map, '', 'special_tokens_map.json')];
      const pipeline = new Pipeline(definition, listedTokens(read), namedTokens(files));
      return new Tokenizer({
        pipeline,
        templates: parseTemplates(definition),
        specialTokens: findSpecialTokens(files, pipeline),
        truncationSide: read.choice('truncation_side', TRUNCATION_SIDES, 'right'),
        // as in HF transformers 5, where BPE tokenizers never do
        cleansUpSpaces: read.flag('clean_up_tokenization_spaces', false) && !pipeline.isBpe,
        chatTemplate,
      });
    } catch (cause) {
      if (UnmaskError.isInstance(cause)) throw cause;
      throw new UnmaskError(`${joinPath(folder, 'tokenizer.json')} is no tokenizer definition: ${(cause as Error).message}`, { code: 'bad-file', cause });
    }
  }

  /** What fills short rows of a batch: the padding token, or where there is none the end token. */
  get padId(): number | undefined {
    return (this.specialTokens.pad ?? this.specialTokens.eos)?.id;
  }

  /** The ids of a text or a pair. @throws UnmaskError when maxLength does not hold the special tokens */
  encode(texts: string | Texts, options: EncodeOptions = {}): Encoding {
    const [first, second] = typeof texts === 'string' ? [texts] : texts;
    const ids = (second === undefined ? [first] : [first, second]).map((text) => this.#parts.pipeline.encode(text));
    const { template, kept } = this.#fit(ids, options);
    return { ids: layOut(template, kept, (id) => id), types: segmentsOf(template, kept) };
  }

  /** The ids of a text that is to be gone on with: after the model's special tokens before it, and without those behind it. */
  encodePrompt(text: string): number[] {
    const { templates: { single }, pipeline } = this.#parts;
    const opening = single.slice(0, single.findIndex((place) => place.text !== undefined) + 1);
    return layOut(opening, [pipeline.encode(text)], (id) => id);
  }

  /** The ids of a text that follows a prompt, whose own ids stay those of {@link encodePrompt}, though the two might share a token. */
  encodeAnswer(prompt: string, answer: string): number[] {
    const { pipeline } = this.#parts;
    return encodeAfter(prompt, answer, (text) => pipeline.encode(text), (ids) => this.#decodeAsIs(ids, false));
  }

  /**
   * Encodes texts and pads them to the longest, with {@link padId}.
   * @throws UnmaskError when maxLength does not hold the special tokens, or when there is nothing to pad with
   */
  encodeBatch(texts: readonly Texts[], { paddingSide = 'right', ...options }: EncodeBatchOptions = {}): EncodedBatch {
    const rows = withinTime('encoding a batch', sizeOf(texts.flat()), () => texts.map((each) => this.encode(each, options)));
    return padRows(rows, this.padId, paddingSide);
  }

  /**
   * Encodes a sentence that is words already, each by itself, and says which word each token is of (`word_ids()` of HF
   * tokenizers with `is_split_into_words`). Byte-level tokenizers should be those with `add_prefix_space`: others know a
   * word without a space before it from the beginning of texts only.
   * @throws UnmaskError when maxLength does not hold the special tokens
   */
  encodeWords(words: readonly string[], options: EncodeOptions = {}): EncodedWords {
    const encoded = withinTime('encoding words', sizeOf(words), () => words.map((word) => this.#parts.pipeline.encode(word)));
    const tokens = encoded.flatMap((ids, word) => ids.map((id) => ({ id, word })));
    const { template, kept } = this.#fit([tokens], options);
    const placed = layOut(template, kept, (id) => ({ id, word: -1 }));
    return { ids: placed.map(({ id }) => id), types: segmentsOf(template, kept), words: placed.map(({ word }) => word) };
  }

  /** The text of token ids. @param options.skipSpecialTokens leaves special tokens out; false by default */
  decode(ids: Iterable<number>, { skipSpecialTokens = false }: { readonly skipSpecialTokens?: boolean } = {}): string {
    const text = this.#decodeAsIs(ids, skipSpecialTokens);
    return this.#parts.cleansUpSpaces ? cleanUpSpaces(text) : text;
  }

  /**
   * A decoder of ids that come one by one. It gives out no half characters, and leaves spaces alone that {@link decode}
   * would clean up.
   * @param options.after ids that stand before the first one, whose text is not given out
   */
  stream({ skipSpecialTokens = false, after = [] }: { readonly skipSpecialTokens?: boolean; readonly after?: readonly number[] } = {}): TextStream {
    return new TextStream((ids) => this.#decodeAsIs(ids, skipSpecialTokens), after);
  }

  /**
   * Writes a conversation as the model expects it. The text holds the special tokens already: encode it with
   * `addSpecialTokens: false`. Special tokens that stand in a message count as such, so leave them out of what others wrote.
   * @throws UnmaskError when the checkpoint has no chat template, or its template does not take the messages
   */
  applyChatTemplate(messages: readonly ChatMessage[], options: ChatOptions = {}): string {
    return this.#renderChat(messages, options).text;
  }

  /**
   * The ids of a conversation, and which of them the assistant wrote: from behind what opens its turn, as a model that answers
   * does, up to what ends it. They are those that the template marks by `{% generation %}`, or else found by what it writes of
   * shorter conversations.
   * @throws UnmaskError as {@link applyChatTemplate}, and when turns cannot be found
   */
  encodeChat(messages: readonly ChatMessage[], options: Pick<ChatOptions, 'tools'> = {}): EncodedChat {
    const { text, spans } = assistantSpans(messages, (given, addGenerationPrompt) => this.#renderChat(given, { ...options, addGenerationPrompt }), (rest) => this.#specialTokenAt(rest));
    const ids: number[] = [];
    const assistant: boolean[] = [];
    let before = '';
    for (const { piece, isAssistant } of piecesOf(text, spans)) {
      const own = this.encodeAnswer(before, piece);
      for (const id of own) ids.push(id);
      for (let count = own.length; count > 0; count--) assistant.push(isAssistant);
      before = piece;
    }
    return { ids, assistant };
  }

  /** The template that conversations are written by; undefined when the checkpoint has none. */
  get chatTemplate(): string | undefined {
    return this.#parts.chatTemplate;
  }

  /** The same tokenizer with another chat template. */
  withChatTemplate(chatTemplate: string): Tokenizer {
    return new Tokenizer({ ...this.#parts, chatTemplate });
  }

  /** Characters of the special token that a text begins with; 0 where it begins with none. */
  #specialTokenAt(text: string): number {
    const [first] = this.#parts.pipeline.encode(text.slice(0, LONGEST_SPECIAL_TOKEN));
    if (first === undefined || this.#decodeAsIs([first], true) !== '') return 0;
    const token = this.#decodeAsIs([first], false);
    return text.startsWith(token) ? token.length : 0;
  }

  #renderChat(messages: readonly ChatMessage[], options: ChatOptions) {
    const { chatTemplate } = this.#parts;
    if (chatTemplate !== undefined) return renderChat(chatTemplate, messages, this.specialTokens, options);
    throw new UnmaskError('this checkpoint has no chat template, so it takes plain text: give it a prompt, or a chat_template in tokenizer_config.json', { code: 'unsupported' });
  }

  #decodeAsIs(ids: Iterable<number>, skipSpecialTokens: boolean): string {
    return this.#parts.pipeline.decode([...ids], skipSpecialTokens);
  }

  /** The template for one or two texts, and what is kept of them under the maximum length. */
  #fit<T>(texts: T[][], { maxLength = Infinity, addSpecialTokens = true }: EncodeOptions): { template: Template; kept: T[][] } {
    const { templates: { single, pair }, truncationSide } = this.#parts;
    const full = texts.length === 1 ? single : pair;
    const template = addSpecialTokens ? full : withoutSpecialTokens(full);
    const special = countSpecialTokens(template);
    if (maxLength < special) throw new UnmaskError(`a maximum length of ${maxLength} does not hold the ${special} special tokens`);
    const lengths = longestFirst(texts[0].length, texts.at(1)?.length ?? 0, maxLength - special);
    return { template, kept: texts.map((tokens, index) => truncated(tokens, lengths[index], truncationSide)) };
  }
}

/** A text in pieces that are all the assistant's, or nothing of it; none is empty. @param spans of the assistant's text, ascending */
function piecesOf(text: string, spans: readonly Span[]): { piece: string; isAssistant: boolean }[] {
  const cuts = [0, ...spans.flat(), text.length];
  return cuts.slice(1).map((end, index) => ({ piece: text.slice(cuts[index], end), isAssistant: index % 2 === 1 })).filter(({ piece }) => piece !== '');
}

const sizeOf = (texts: readonly string[]) => texts.reduce((sum, { length }) => sum + length, 0);
const segmentsOf = (template: Template, texts: readonly (readonly unknown[])[]) => segments(template, texts.map(({ length }) => length));
