import { likelierChosen, rewardAccuracy, rewardMargin } from '../../../metrics/preferences.js';
import { type Row, RowError } from '../../../row.js';
import type { Message, PreferenceExample, PreferenceLoss, PreferenceTask, Turns } from '../../../task.js';
import { type Columns, type Form, isPositive, isTextOrNull, lossAmong } from '../form.js';
import type { UserTask } from '../user-task.js';
import { filledText } from '../values.js';
import { isText } from './shapes.js';
import { turnsIn, withSystem } from './turns.js';

/** Pairs of answers, of which one is preferred. */
export interface PreferenceDefinition extends Columns {
  readonly kind: 'preference';
  readonly loss: PreferenceLoss;
  readonly beta: number;
  /** A chat template in Jinja; null for the model's own, or where it has none the standard one. */
  readonly chatTemplate: string | null;
  /** Tokens after which an answer is cut off. */
  readonly maxNewTokens: number;
}

/** How much preferences count, where nobody says (TRL). */
const BETA = 0.1;
const LOSSES: readonly PreferenceLoss[] = ['dpo', 'orpo'];
/** Tokens after which an answer is cut off, where nobody says. */
const MAX_NEW_TOKENS = 256;

/** Rows with a `chosen` and a `rejected` answer to a `prompt` or to `conversations`, or with the conversation in both of them. */
export const preference: Form<PreferenceDefinition> = {
  kind: 'preference',
  word: 'preference',
  recognise: (row) => (row.has('chosen') && row.has('rejected') ? { because: 'its rows have "chosen" and "rejected"', columns: { texts: [], label: null } } : undefined),
  define(_, each, { loss, beta = BETA, chatTemplate = null, maxNewTokens = MAX_NEW_TOKENS }) {
    each(read);
    return { kind: 'preference', texts: [], label: null, loss: lossAmong(LOSSES, loss, 'preferences'), beta, chatTemplate, maxNewTokens };
  },
  parse: (_, fields) => ({
    kind: 'preference',
    texts: [],
    label: null,
    loss: fields.read('loss', (value): value is PreferenceLoss => LOSSES.includes(value as PreferenceLoss), `one of ${LOSSES.join(', ')}`),
    beta: fields.read('beta', (value): value is number => Number.isFinite(value) && (value as number) > 0, 'a number above 0'),
    chatTemplate: fields.read('chatTemplate', isTextOrNull, 'a text, or null'),
    maxNewTokens: fields.read('maxNewTokens', isPositive, 'a whole number from 1 up'),
  }),
  task: (name, { loss, beta, chatTemplate, maxNewTokens }): UserTask<PreferenceTask> => ({
    task: {
      name, kind: 'preference', loss, beta, evaluationSplits: ['validation'], metrics: { accuracy: rewardAccuracy, margin: rewardMargin, likelier: likelierChosen }, primaryMetric: 'accuracy', baseline: 'untrained', maxNewTokens, chatTemplate,
    },
    inputs: ['prompt'],
    example: read,
    input: (row) => ({ prompt: questionOf(row), chosen: '', rejected: '', label: 0 }),
    readable: (answer) => answer as string,
  }),
};

/** A question and the two answers to it. @throws RowError */
function read(row: Row): PreferenceExample {
  const [chosen, rejected] = [answerIn(row, 'chosen'), answerIn(row, 'rejected')];
  if (isSame(chosen, rejected)) throw new RowError('has the same answer as "chosen" and as "rejected"; leave such rows out');
  if (row.has('prompt') || row.has('conversations')) return compatible(questionOf(row), chosen, rejected);
  if (typeof chosen === 'string' || typeof rejected === 'string') throw new RowError('has no "prompt"; give what the two texts answer');
  let shared = 0;
  while (shared < chosen.length - 1 && shared < rejected.length - 1 && isSame(chosen[shared], rejected[shared])) shared++;
  if (shared === 0) throw new RowError('has nothing in common in "chosen" and "rejected"; give the conversation before the answers in both, or a "prompt"');
  return { prompt: withSystem(row, chosen.slice(0, shared)), chosen: chosen.slice(shared), rejected: rejected.slice(shared), label: 0 };
}

/** Texts alone stay texts, which no template changes; beside turns they are turns. */
function compatible(prompt: Turns, chosen: Turns, rejected: Turns): PreferenceExample {
  if ([prompt, chosen, rejected].every((each) => typeof each === 'string')) return { prompt, chosen, rejected, label: 0 };
  const turns = (given: Turns, role: string): readonly Message[] => (typeof given === 'string' ? [{ role, content: given }] : given);
  return { prompt: turns(prompt, 'user'), chosen: turns(chosen, 'assistant'), rejected: turns(rejected, 'assistant'), label: 0 };
}

const questionOf = (row: Row): Turns => (row.has('conversations') ? withSystem(row, turnsIn(row, 'conversations')) : answerIn(row, 'prompt'));

/** A text or turns. @throws RowError */
const answerIn = (row: Row, field: string): Turns => (isText(row, field) ? filledText(row, field) : turnsIn(row, field));

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
