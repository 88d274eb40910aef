import type { Random } from '@unmask/tensor-core';
import { changeScene, differentScene, drawScene, type Scene, tellScene, wordFor } from './scene.js';

/** Words of a question on a scene. */
interface Told {
  readonly who: string;
  readonly did: string;
  readonly what: string;
  readonly where: string;
  readonly when: string;
  /** Participle of what was done. */
  readonly done: string;
}

/** Ways to ask whether a scene took place. */
const polar: readonly ((told: Told) => string)[] = [
  ({ who, done, what, where, when }) => `Were ${what} ${done} by ${who} ${where} ${when}?`,
  ({ who, did, what, where, when }) => `Is it true that ${who} ${did} ${what} ${where} ${when}?`,
  ({ who, did, what, where, when }) => `Do we know whether ${who} ${did} ${what} ${where} ${when}?`,
];

/** Questions by the part of a scene that they ask for, with the parts that they name. */
const open = {
  actor: { named: ['action', 'thing', 'place'], ask: ({ did, what, where }) => `Who ${did} ${what} ${where}?` },
  thing: { named: ['actor', 'action', 'time'], ask: ({ who, done, when }) => `What was ${done} by ${who} ${when}?` },
  place: { named: ['actor', 'action', 'thing'], ask: ({ who, done, what }) => `Where were ${what} ${done} by ${who}?` },
  time: { named: ['action', 'thing', 'place'], ask: ({ done, what, where }) => `When were ${what} ${done} ${where}?` },
} satisfies Partial<Record<keyof Scene, { named: (keyof Scene)[]; ask: (told: Told) => string }>>;

/** Two questions on one scene (label 1), or on two that differ in some of their parts (label 0). */
export function synthesizeQuestionPair(random: Random, label: number): [string, string] {
  const scene = drawScene(random);
  const other = label === 1 ? scene : differentScene(random, scene);
  return [random.choose(polar)(tell(random, scene)), random.choose(polar)(tell(random, other))];
}

/** A question, and a sentence that answers it (label 0) or differs in all that the question names (label 1). */
export function synthesizeQuestionAnswering(random: Random, label: number): [string, string] {
  const scene = drawScene(random);
  const { named, ask } = random.choose(Object.values(open));
  const told = label === 0 ? scene : changeScene(random, scene, named);
  return [ask(tell(random, scene)), tellScene(random, told)];
}

function tell(random: Random, { actor, action, thing, place, time }: Scene): Told {
  const [who, did, what, where, when] = [actor, action, thing.names, place, time].map((synonyms) => wordFor(random, synonyms)) as [string, string, string, string, string];
  return { who, did, what, where, when, done: action[0] };
}
