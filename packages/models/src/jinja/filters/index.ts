import { CHOICES } from './choices.js';
import type { Filter } from './filter.js';
import { LISTS } from './lists.js';
import { NUMBERS } from './numbers.js';
import { TEXTS } from './texts.js';

/** Jinja's filters by their names. */
export const FILTERS: Readonly<Record<string, Filter>> = { ...TEXTS, ...NUMBERS, ...LISTS, ...CHOICES };
