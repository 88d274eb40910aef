import type { Given, Runtime } from '../runtime.js';
import type { Value } from '../values.js';
import { CHOICES } from './choices.js';
import { LISTS } from './lists.js';
import { NUMBERS } from './numbers.js';
import { TEXTS } from './texts.js';

/** What `value | name(…)` makes of a value. */
export type Filter = (value: Value, given: Given, runtime: Runtime) => Value;

/** Jinja's filters by their names. */
export const FILTERS: Readonly<Record<string, Filter>> = { ...TEXTS, ...NUMBERS, ...LISTS, ...CHOICES };
