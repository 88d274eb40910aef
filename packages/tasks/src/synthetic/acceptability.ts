import type { Random } from '@unmask/tensor-core';
import { sentence } from './sentence.js';

/** Singular and plural. */
type Forms = readonly [singular: string, plural: string];

const nouns: readonly Forms[] = [
  ['sailor', 'sailors'], ['baker', 'bakers'], ['child', 'children'], ['king', 'kings'], ['teacher', 'teachers'], ['horse', 'horses'], ['neighbour', 'neighbours'],
  ['painter', 'painters'], ['woman', 'women'], ['wolf', 'wolves'], ['student', 'students'], ['singer', 'singers'], ['giant', 'giants'], ['clerk', 'clerks'],
];
const verbs: readonly Forms[] = [
  ['admires', 'admire'], ['follows', 'follow'], ['knows', 'know'], ['helps', 'help'], ['greets', 'greet'], ['fears', 'fear'], ['visits', 'visit'], ['watches', 'watch'],
  ['forgets', 'forget'], ['trusts', 'trust'], ['calls', 'call'], ['likes', 'like'],
];
const adjectives = ['brave', 'quiet', 'tall', 'hungry', 'clever', 'lazy', 'young', 'proud', 'tired'];
const places = ['in the garden', 'near the bridge', 'on the boat', 'behind the church', 'at the market', 'under the tree', 'by the lake', 'in the kitchen'];
const determiners: Forms = ['a', 'some'];

/** A sentence in parts, so that it can be spoiled in a known place. */
interface Parsed {
  readonly subject: readonly string[];
  readonly subjectNumber: 0 | 1;
  readonly verb: Forms;
  readonly object: readonly string[];
  readonly place: readonly string[];
}

/** Words of a sentence with one fault. */
const faults: readonly ((random: Random, parsed: Parsed) => string[])[] = [
  (random, parsed) => random.shuffle(words(parsed)),
  (_, parsed) => words(parsed).reverse(),
  // the verb after its object
  (_, { verb, subject, object, place, subjectNumber }) => [...subject, ...object, verb[subjectNumber], ...place],
  // object and place back to front
  (_, parsed) => words({ ...parsed, object: [...parsed.object].reverse(), place: [...parsed.place].reverse() }),
  // no agreement of subject and verb
  (_, parsed) => words({ ...parsed, subjectNumber: parsed.subjectNumber === 0 ? 1 : 0 }),
  // two finite verbs
  (random, parsed) => words({ ...parsed, subject: [...parsed.subject, random.choose(['is', 'are', 'does', 'has'])] }),
];

/** A well-formed sentence (label 1) or one with a fault in its grammar (label 0). */
export function synthesizeAcceptability(random: Random, label: number): [string] {
  const [subjectNumber, objectNumber] = [random.integer(2), random.integer(2)] as [0 | 1, 0 | 1];
  const parsed: Parsed = {
    subject: [...nounPhrase(random, subjectNumber), ...(random.uniform() < 0.15 ? random.choose(places).split(' ') : [])],
    subjectNumber,
    verb: random.choose(verbs),
    object: nounPhrase(random, objectNumber),
    place: random.choose(places).split(' '),
  };
  return [sentence(...(label === 1 ? words(parsed) : random.choose(faults)(random, parsed)))];
}

const words = ({ subject, subjectNumber, verb, object, place }: Parsed) => [...subject, verb[subjectNumber], ...object, ...place];

function nounPhrase(random: Random, number: 0 | 1): string[] {
  const adjective = random.uniform() < 0.3 ? [random.choose(adjectives)] : [];
  return [random.choose(['the', determiners[number]]), ...adjective, random.choose(nouns)[number]];
}
