import type { Random } from '@unmask/tensor-core';

/** An equation of two numbers, none larger than 61, with its parts. */
export interface Equation {
  readonly left: number;
  readonly sign: '+' | '-' | '*' | '/';
  readonly right: number;
  readonly result: number;
}

/**
 * An equation of a kind. Of a sum the second number is small; of a difference that or the result.
 * @param left the first number, where it is given; sums and differences only
 */
export function drawEquation(random: Random, sign: Equation['sign'], left = 2 + random.integer(48)): Equation {
  const small = 1 + random.integer(sign === '-' ? Math.min(12, left) : 12);
  const right = sign === '-' && random.uniform() < 0.3 ? left - small + 1 : small;
  const [count, size] = [2 + random.integer(5), 2 + random.integer(8)];
  switch (sign) {
    case '+':
      return { left, sign, right, result: left + right };
    case '-':
      return { left, sign, right, result: left - right };
    case '*':
      return { left: count, sign, right: size, result: count * size };
    case '/':
      return { left: count * size, sign, right: count, result: size };
  }
}

/** An equation of any kind, sums and differences most often. */
export const drawAnyEquation = (random: Random): Equation => drawEquation(random, random.choose(['+', '+', '+', '-', '-', '-', '*', '*', '/']));

/** A sum or a difference that goes on from a number and stays within 0 to 60. */
export function drawChange(random: Random, from: number): Equation {
  return drawEquation(random, from > 48 || (from > 12 && random.uniform() < 0.5) ? '-' : '+', from);
}

/** As in `12 + 5 = 17.` */
export const written = ({ left, sign, right, result }: Equation): string => `${left} ${sign} ${right} = ${result}.`;

/** Some equations, one after the other. */
export const equationList = (random: Random): string => Array.from({ length: 4 + random.integer(6) }, () => written(drawAnyEquation(random))).join(' ');

/** Equations each of which goes on with the result before it. */
export function equationChain(random: Random): string {
  const chain = [drawAnyEquation(random)];
  for (let count = 1 + random.integer(3); count > 0; count--) chain.push(drawChange(random, chain.at(-1)!.result));
  return chain.map(written).join(' ');
}

const IN_WORDS: Readonly<Record<Equation['sign'], readonly ((equation: Equation) => string)[]>> = {
  '+': [
    ({ left, right, result }) => `${left} and ${right} make ${result}.`,
    ({ left, right, result }) => `The sum of ${left} and ${right} is ${result}.`,
    ({ left, right, result }) => `If ${right} come to ${left} there are ${result}.`,
  ],
  '-': [
    ({ left, right, result }) => `Take ${right} from ${left} and ${result} are left.`,
    ({ left, right, result }) => `${left} is ${right} more than ${result}.`,
    ({ left, right, result }) => `If ${right} go from ${left} there are ${result}.`,
  ],
  '*': [({ left, right, result }) => `${left} times ${right} is ${result}.`, ({ left, right, result }) => `${left} groups of ${right} each are ${result} in all.`],
  '/': [({ left, right, result }) => `${left} in ${right} equal parts: ${result} each.`],
};

/** Equations told in words, then written. */
export function equationsInWords(random: Random): string {
  return Array.from({ length: 2 + random.integer(3) }, () => {
    const equation = drawAnyEquation(random);
    const told = random.choose(IN_WORDS[equation.sign])(equation);
    return random.uniform() < 0.5 ? `${told} ${written(equation)}` : told;
  }).join(' ');
}
