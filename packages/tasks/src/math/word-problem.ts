import { answerAccuracy } from '../metrics/answers.js';
import { instructionPrompt } from '../prompt.js';
import { describe, type Row, RowError, textOf } from '../row.js';
import type { GenerationExample } from '../task.js';

/** What the tasks on word problems have in common. As LLM-Adapters do it, one model is trained for all of them. */
export const wordProblem = {
  kind: 'generation',
  trainedOn: 'math_joint',
  metrics: { accuracy: answerAccuracy },
  primaryMetric: 'accuracy',
  maxNewTokens: 256,
} as const;

/** A test of answers, and what they should be. */
interface AnswerRule {
  readonly isRight: (answer: string) => boolean;
  readonly remedy: string;
}

const isNumber = (answer: string) => answer.trim() !== '' && Number.isFinite(Number(answer));
const isChoice = (answer: string) => /^[A-E]$/.test(answer);

/** Answers of problems that ask for a number. */
export const NUMBER: AnswerRule = { isRight: isNumber, remedy: 'a number as a string' };
/** Answers of problems with options to choose from. */
export const CHOICE: AnswerRule = { isRight: isChoice, remedy: 'one of the letters A, B, C, D, E' };
/** Answers of both kinds of problems. */
export const NUMBER_OR_CHOICE: AnswerRule = { isRight: (answer) => isNumber(answer) || isChoice(answer), remedy: `${NUMBER.remedy}, or ${CHOICE.remedy}` };

/** Reads rows as LLM-Adapters write them: `instruction`, `output`, `answer`, and where the instruction is about one, `input`. */
export function problemReader({ isRight, remedy }: AnswerRule): (row: Row) => GenerationExample {
  return (row) => {
    const answer = textOf(row, 'answer');
    if (!isRight(answer)) throw new RowError(`has ${describe(answer)} in field "answer"; give ${remedy}`);
    const input = row.get('input') === undefined ? '' : textOf(row, 'input');
    return { prompt: instructionPrompt(textOf(row, 'instruction'), input), target: textOf(row, 'output'), label: [answer] };
  };
}
