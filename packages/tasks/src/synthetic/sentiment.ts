import type { Random } from '@unmask/tensor-core';

const aspects = [
  'the acting', 'the story', 'the soundtrack', 'the dialogue', 'the camera work', 'the ending', 'the lead actress', 'the editing', 'the script',
  'the opening scene', 'the humour', 'the pacing', 'the cast', 'the direction', 'the whole film', 'the final act', 'this sequel', 'the premise',
];
/** Praise and blame, by label. */
const adjectives = [
  ['dull', 'clumsy', 'tedious', 'lifeless', 'awful', 'predictable', 'hollow', 'sloppy', 'irritating', 'forgettable', 'dreadful', 'wooden', 'confusing', 'shallow', 'bland', 'painful'],
  ['delightful', 'gripping', 'clever', 'moving', 'superb', 'fresh', 'charming', 'brilliant', 'graceful', 'memorable', 'funny', 'warm', 'thrilling', 'honest', 'elegant', 'lovely'],
] as const;
const degrees = ['', 'very ', 'truly ', 'rather ', 'quite ', 'surprisingly ', 'deeply '];
const denials = ['not', 'never', 'anything but', 'far from', 'hardly'];
const contrasts: readonly ((main: string, other: string) => string)[] = [
  (main, other) => `although ${other}, ${main}`,
  (main, other) => `${other}, but in the end ${main}`,
  (main, other) => `${main}, even if ${other}`,
];

/** A remark on a film that dislikes (label 0) or likes it (label 1): plain, by negation, or in spite of something. */
export function synthesizeSentiment(random: Random, label: number): [string] {
  const draw = random.uniform();
  if (draw < 0.5) return [`${opinion(random, label)} and ${opinion(random, label)}`];
  if (draw < 0.7) return [opinion(random, label)];
  return [random.choose(contrasts)(opinion(random, label), opinion(random, 1 - label))];
}

/** A clause that finds one thing bad (0) or good (1), at times by saying that it is not the contrary. */
function opinion(random: Random, label: number): string {
  const aspect = random.choose(aspects);
  if (random.uniform() < 0.1) return `${aspect} is ${random.choose(denials)} ${random.choose(adjectives[1 - label])}`;
  return `${aspect} is ${random.choose(degrees)}${random.choose(adjectives[label])}`;
}
