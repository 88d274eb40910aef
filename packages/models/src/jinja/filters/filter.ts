import type { Given, Runtime } from '../runtime.js';
import type { Value } from '../values.js';

/** What `value | name(…)` makes of a value. */
export type Filter = (value: Value, given: Given, runtime: Runtime) => Value;
