import { describe, expect, test } from '@jest/globals';
import { exampleOf } from './example.js';
import { aqua } from './math/aqua.js';
import { gsm8k } from './math/gsm8k.js';
import { svamp } from './math/svamp.js';
import { instructionPrompt } from './prompt.js';
import { cnnDailymail } from './summarization/cnn-dailymail.js';
import { dialogsum } from './summarization/dialogsum.js';
import { scitldr } from './summarization/scitldr.js';
import { conll2003 } from './tagging/conll2003.js';
import type { PublishedTask } from './task.js';

const rowOf = (fields: Record<string, unknown>) => new Map(Object.entries(fields));

describe('exampleOf', () => {
  test('words with their classes', () => {
    expect(exampleOf(conll2003, rowOf({ id: '0', tokens: ['Ada', 'slept'], ner_tags: [1, 0] }))).toEqual({ words: ['Ada', 'slept'], label: [1, 0] });
  });

  test('a solution with its number', () => {
    const answer = 'It is 2 * 1,100.\n#### 2,200';
    expect(exampleOf(gsm8k, rowOf({ question: 'How many?', answer }))).toEqual({ prompt: instructionPrompt('How many?'), target: answer, label: ['2200'] });
  });

  test('a problem with its answer, and with an input', () => {
    expect(exampleOf(svamp, rowOf({ instruction: 'How many?', input: 'Ten.', output: 'So 10.', answer: '10.0' }))).toEqual({ prompt: instructionPrompt('How many?', 'Ten.'), target: 'So 10.', label: ['10.0'] });
    expect(exampleOf(aqua, rowOf({ instruction: 'Which?', output: 'So C.', answer: 'C' }))).toMatchObject({ prompt: instructionPrompt('Which?'), label: ['C'] });
  });

  test('texts with one summary or several', () => {
    expect(exampleOf(cnnDailymail, rowOf({ article: 'Long.', highlights: 'Short.' }))).toMatchObject({ target: 'Short.', label: ['Short.'] });
    expect(exampleOf(dialogsum, rowOf({ dialogue: 'Long.', summary: 'a', summary2: 'b', summary3: 'c' })).label).toEqual(['a', 'b', 'c']);
    expect(exampleOf(scitldr, rowOf({ document: 'Long.', summary: 'a', references: ['a', 'b'] }))).toMatchObject({ target: 'a', label: ['a', 'b'] });
  });

  test.each<[PublishedTask, Record<string, unknown>, string]>([
    [conll2003, { tokens: ['a'], ner_tags: [9] }, 'has 9 as item 1 of "ner_tags"; give a list of class ids from 0 to 8'],
    [conll2003, { tokens: ['a'], ner_tags: [0, 0] }, 'has 1 words in "tokens" and 2 class ids in "ner_tags"; give one for each word'],
    [conll2003, { tokens: [], ner_tags: [] }, 'has no words in field "tokens"; leave such rows out'],
    [conll2003, { tokens: 'a', ner_tags: [0] }, 'has "a" in field "tokens"; give a list of words'],
    [conll2003, { tokens: ['a', 7], ner_tags: [0, 0] }, 'has 7 as item 2 of "tokens"; give a list of words'],
    [gsm8k, { question: 'a', answer: '5' }, 'has no "#### number" at the end of field "answer"; give the solution with its number'],
    [svamp, { instruction: 'a', output: 'b', answer: 'C' }, 'has "C" in field "answer"; give a number as a string'],
    [svamp, { instruction: 'a', output: 'b', answer: 'NaN' }, 'has "NaN" in field "answer"; give a number as a string'],
    [aqua, { instruction: 'a', output: 'b', answer: '5' }, 'has "5" in field "answer"; give one of the letters A, B, C, D, E'],
    [scitldr, { document: 'a', summary: 'b', references: [] }, 'has no summaries in field "references"; give at least one'],
    [dialogsum, { dialogue: 'a', summary: 'b', summary2: null }, 'has null in field "summary2"; give a string'],
  ])('refuses a row of $name: %j', (task, row, message) => {
    expect(() => exampleOf(task, rowOf(row))).toThrow(message);
  });
});
