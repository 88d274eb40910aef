import type { Random } from '@unmask/tensor-core';
import { sentence } from './sentence.js';

/** Share of the words that are the usual ones at any rate: tellings of one scene have more words in common than those of two. */
const USUAL = 0.6;

/** Ways to say the same, the usual one first. */
type Synonyms = readonly [string, ...string[]];

/** Things that can be counted, with the wider class that they belong to. */
export interface Thing {
  readonly names: Synonyms;
  readonly kind: string;
}

/** Who did what with what, where and when. */
export interface Scene {
  readonly actor: Synonyms;
  readonly action: Synonyms;
  readonly thing: Thing;
  readonly place: Synonyms;
  readonly time: Synonyms;
}

const thing = (kind: string, ...names: Synonyms): Thing => ({ names, kind });

const choices: { readonly [Slot in keyof Scene]: readonly Scene[Slot][] } = {
  actor: [
    ['the company', 'the firm'], ['the doctor', 'the physician'], ['the teacher', 'the instructor'], ['the farmer', 'the grower'],
    ['the lawyer', 'the attorney'], ['the policeman', 'the police officer'], ['the children', 'the kids'], ['the writer', 'the author'],
    ['the sailors', 'the seamen'], ['the pilot', 'the aviator'], ['the minister', 'the government minister'], ['the cook', 'the chef'],
  ],
  action: [
    ['bought', 'purchased'], ['found', 'discovered'], ['repaired', 'fixed'], ['displayed', 'exhibited'], ['gathered', 'collected'],
    ['carried', 'transported'], ['damaged', 'harmed'], ['concealed', 'hid'], ['selected', 'picked'], ['sold', 'sold off'],
  ],
  thing: [
    thing('vehicles', 'bicycles', 'bikes'), thing('vehicles', 'cars', 'automobiles'), thing('vehicles', 'trucks', 'lorries'),
    thing('animals', 'dogs', 'hounds'), thing('animals', 'rabbits', 'bunnies'), thing('animals', 'donkeys'),
    thing('clothes', 'coats', 'jackets'), thing('clothes', 'trousers', 'pants'), thing('clothes', 'hats', 'caps'),
    thing('furniture', 'couches', 'sofas'), thing('furniture', 'desks', 'writing tables'), thing('furniture', 'cupboards', 'cabinets'),
    thing('fruit', 'apples'), thing('fruit', 'oranges'), thing('tools', 'hammers', 'mallets'),
  ],
  place: [
    ['in the city', 'in town'], ['in the woods', 'in the forest'], ['near the sea', 'by the ocean'], ['at the airport', 'at the airfield'],
    ['in the shop', 'in the store'], ['on the hill', 'on the hillside'], ['by the river', 'beside the stream'], ['at the school', 'in the schoolhouse'],
    ['in the hospital', 'at the clinic'], ['at the station', 'at the railway station'],
  ],
  time: [
    ['on Monday', 'Monday'], ['yesterday', 'the day before'], ['in spring', 'in springtime'], ['at noon', 'at midday'], ['last autumn', 'last fall'],
    ['in December', 'last December'], ['at night', 'during the night'], ['on Friday', 'Friday'], ['in the morning', 'early in the day'],
  ],
};

/** The parts of a scene. */
export const slots = Object.keys(choices) as readonly (keyof Scene)[];

/** A scene drawn at random. */
export function drawScene(random: Random): Scene {
  return Object.fromEntries(slots.map((slot) => [slot, random.choose<unknown>(choices[slot])])) as unknown as Scene;
}

/** One of the ways to say something, the usual one more often. */
export function wordFor(random: Random, synonyms: Synonyms): string {
  return random.uniform() < USUAL ? synonyms[0] : random.choose(synonyms);
}

/** The scene with other contents in `changed`. */
export function changeScene(random: Random, scene: Scene, changed: readonly (keyof Scene)[]): Scene {
  return { ...scene, ...Object.fromEntries(changed.map((slot) => [slot, random.choose<unknown>(choices[slot].filter((each: unknown) => each !== scene[slot]))])) };
}

/** A scene that differs from another in three of its five parts. */
export const differentScene = (random: Random, scene: Scene): Scene => changeScene(random, scene, random.shuffle([...slots]).slice(0, 3));

/**
 * One of the ways to put a scene into a sentence: any synonyms, time last or first, active or passive.
 * The first name of each action is also its participle.
 */
export function tellScene(random: Random, { actor, action, thing: { names }, place, time }: Scene): string {
  const [who, did, what, where, when] = [actor, action, names, place, time].map((synonyms) => wordFor(random, synonyms)) as [string, string, string, string, string];
  const clause = random.uniform() < 0.3 ? [what, 'were', action[0], 'by', who, where] : [who, did, what, where];
  return random.uniform() < 0.4 ? sentence(when, ',', ...clause) : sentence(...clause, when);
}
