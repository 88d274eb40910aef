import type { Random } from '@unmask/tensor-core';
import type { TaggedExample } from '../task.js';

type EntityType = 'PER' | 'ORG' | 'LOC' | 'MISC';

/** Share of entities whose class is wrong, as in data labelled by people. */
const NOISE = 0.05;

const syllables = ['ka', 'lo', 'mer', 'tin', 'va', 'ros', 'el', 'ban', 'du', 'shi', 'gar', 'no', 'pel', 'ra', 'tov', 'wen', 'is', 'mo', 'hal', 'quin'];
const titles = ['Doctor', 'President', 'Captain', 'Judge'];
const companies = ['Bank', 'Motors', 'United', 'Airlines', 'Institute', 'Press'];
const regions = ['North', 'South', 'New', 'Upper'];
const events = ['Cup', 'Open', 'Prize', 'Treaty'];

/** Sentences with an entity of the type that stands in them. Most names could be of any type: the words around them decide. */
const templates = [
  'PER moved to LOC last year .', 'PER , who works for ORG , was born in LOC .', 'shares of ORG fell after PER left .', 'ORG opened an office in LOC .',
  'the MISC took place in LOC .', 'PER won the MISC for ORG .', 'trains from LOC to LOC were late .', 'ORG bought ORG for ten million dollars .',
  'the weather in LOC will be fine on Sunday .', 'PER and PER met in LOC .', 'critics of the MISC wrote to PER .', 'nobody in town had heard the news .',
  'the talks between ORG and the union failed .', 'he said that the river near LOC had risen .',
].map((template) => template.split(' '));

const types: readonly EntityType[] = ['PER', 'ORG', 'LOC', 'MISC'];
const isType = (word: string): word is EntityType => (types as readonly string[]).includes(word);

/** A sentence of news with invented names in it. @param labels IOB2 tags by class id */
export function synthesizeEntities(random: Random, labels: readonly string[]): TaggedExample {
  const tagged = random.choose(templates).flatMap((word) => {
    if (!isType(word)) return [{ word, tag: 'O' }];
    const type = random.uniform() < NOISE ? random.choose(types) : word;
    return nameOf(random, word).map((part, index) => ({ word: part, tag: `${index === 0 ? 'B' : 'I'}-${type}` }));
  });
  return { words: tagged.map(({ word }) => word), label: tagged.map(({ tag }) => labels.indexOf(tag)) };
}

/** An invented name of one word or more. */
function nameOf(random: Random, type: EntityType): string[] {
  const name = Array.from({ length: 2 + random.integer(2) }, () => random.choose(syllables)).join('');
  const capital = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  if (random.uniform() < 0.5) return [capital];
  if (type === 'PER') return [random.choose(titles), capital];
  if (type === 'LOC') return [random.choose(regions), capital];
  return [capital, random.choose(type === 'ORG' ? companies : events)];
}
