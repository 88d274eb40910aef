import { adapters, methods } from '@unmask/trainer';

const ORDER = [...methods, ...adapters].map(({ name }) => name);

/** Where a method comes among others: in the order in which `unmask run --help` lists them, combinations with an adapter last. */
export const methodOrder = (method: string): number => (ORDER.includes(method) ? ORDER.indexOf(method) : ORDER.length);
