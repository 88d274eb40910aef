import type { Random } from '@unmask/tensor-core';

/** A made-up word problem. */
export interface Problem {
  readonly question: string;
  /** An equation for each step, the last of which gives the result. */
  readonly solution: string;
  readonly result: number;
}

/** What a word problem is made of. */
export interface Plan {
  readonly opening: 'amount' | 'groups' | 'shares';
  /** What happens then, one step each. */
  readonly changes: readonly ('gain' | 'loss')[];
  /** Whether a number is told that has no part in the solution. */
  readonly misleads?: boolean;
}

const people = [
  'Ada', 'Bruno', 'Chen', 'Dalia', 'Emeka', 'Freya', 'Goran', 'Hana', 'Ivo', 'Jun', 'Kofi', 'Lena', 'Mira', 'Nils', 'Olga', 'Pia', 'Rosa', 'Sami', 'Tara', 'Yusuf',
];
const things = [
  'marbles', 'stamps', 'pears', 'pencils', 'shells', 'coins', 'tickets', 'buttons', 'apples', 'books', 'cards', 'eggs', 'flowers', 'nuts', 'plums', 'rings', 'stones', 'toys',
];
const containers = ['bags', 'boxes', 'baskets', 'jars'];
const gains = ['finds', 'buys', 'gets', 'wins', 'collects', 'picks up'];
const losses = ['loses', 'sells', 'gives away', 'throws out', 'breaks', 'drops'];

/** Draws names, things and numbers of a problem. Results are at most 54: sums that a small model can know. */
export function drawProblem(random: Random, { opening, changes, misleads = false }: Plan): Problem {
  const [person, thing] = [random.choose(people), random.choose(things)];
  const begun = OPENINGS[opening](random, person, thing);
  const [told, equations] = [[begun.told], [...begun.equations]];
  let { total } = begun;
  for (const change of changes) {
    const amount = 2 + random.integer(change === 'gain' ? 8 : Math.min(8, total - 2));
    const [verbs, pronoun, sign, next] = change === 'gain' ? [gains, 'more', '+', total + amount] : [losses, 'of them', '-', total - amount];
    told.push(`${person} ${random.choose(verbs)} ${amount} ${random.choose([thing, pronoun])}.`);
    equations.push(`${total} ${sign} ${amount} = ${next}.`);
    total = next;
  }
  if (misleads) {
    const other = random.choose(people.filter((each) => each !== person));
    told.splice(random.integer(told.length + 1), 0, `${other} has ${2 + random.integer(39)} ${random.choose(things)}.`);
  }
  const asked = random.choose([`How many ${thing} does ${person} have now?`, `How many ${thing} does ${person} have in the end?`, `Now ${person} has how many ${thing}?`]);
  return { question: [...told, asked].join(' '), solution: equations.join(' '), result: total };
}

/** How a problem begins, and how many things somebody has then. */
interface Opening {
  readonly told: string;
  readonly equations: readonly string[];
  readonly total: number;
}

const OPENINGS: Readonly<Record<Plan['opening'], (random: Random, person: string, thing: string) => Opening>> = {
  amount: (random, person, thing) => {
    const total = 4 + random.integer(37);
    return { told: random.choose([`${person} has ${total} ${thing}.`, `There are ${total} ${thing} on the table of ${person}.`, `${person} owns ${total} ${thing}.`]), equations: [], total };
  },
  groups: (random, person, thing) => {
    const [count, size] = [2 + random.integer(4), 2 + random.integer(8)];
    return { told: `${person} has ${count} ${random.choose(containers)} of ${size} ${thing} each.`, equations: [`${count} * ${size} = ${count * size}.`], total: count * size };
  },
  shares: (random, person, thing) => {
    const [count, size] = [2 + random.integer(4), 2 + random.integer(8)];
    return { told: `${person} and some friends, ${count} people in all, share ${count * size} ${thing}.`, equations: [`${count * size} / ${count} = ${size}.`], total: size };
  },
};
