import { readFile, stat } from 'node:fs/promises';
import { UnmaskError } from '@unmask/tensor-core';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Grid } from './grid.js';
import { numbers, optionalSettings } from './settings-schema.js';

const names = z.array(z.string()).min(1);

/** Fields of a grid, under the names that {@link Grid} gives them. */
const fields = z.strictObject({
  tasks: names,
  methods: names,
  model: z.string(),
  data: z.string(),
  budgets: z.array(numbers.budget),
  learningRates: z.array(numbers.learningRate),
  seeds: z.array(numbers.seed).min(1),
  searchLearningRate: z.boolean(),
  ...optionalSettings,
} satisfies Record<keyof Grid, z.ZodType>);

const file = z.strictObject({
  description: z.string().optional(),
  /** What the grids have in common. */
  defaults: fields.partial().default({}),
  grids: z.array(fields.partial()).min(1),
});

/** Longest file, in bytes: the time that YAML takes grows with the square of its keys and anchors. */
const LONGEST = 200_000;

const NEEDED = ['tasks', 'methods', 'model', 'data'] as const;

/** A file of grids. */
export interface GridFile {
  readonly description?: string | undefined;
  readonly grids: readonly Grid[];
}

/**
 * Reads grids from a YAML file: `defaults`, what all of them have in common, and `grids`, a list, each with fields of
 * {@link Grid} that replace the defaults.
 * @param overrides replace what the file says in every grid
 * @throws UnmaskError for a file that is missing, no YAML, or has unknown or wrong fields, with the place of the first
 */
export async function readGridFile(path: string, overrides: Partial<Grid> = {}): Promise<GridFile> {
  const unreadable = (cause: NodeJS.ErrnoException) => {
    throw new UnmaskError(`cannot read the grid file ${path} (${cause.code})`, { code: 'not-found', cause });
  };
  const bad = (problem: string, cause?: unknown) => new UnmaskError(`${path}: ${problem}`, { code: 'bad-file', cause });
  const found = await stat(path).catch(unreadable);
  if (!found.isFile() || found.size > LONGEST) throw bad(`no file of at most ${LONGEST} bytes`);
  const text = await readFile(path, 'utf8').catch(unreadable);
  let content: unknown;
  try {
    content = parse(text, { merge: true }); // << as in YAML 1.1
  } catch (cause) {
    throw bad(`no YAML: ${(cause as Error).message}`, cause);
  }
  if (!isTree(content)) throw bad('a part of it holds itself, by an alias (*), or parts lie in each other too deep: write them out');
  const checked = file.safeParse(content);
  if (!checked.success) {
    const [{ path: place, message }] = checked.error.issues;
    throw bad(`${place.length > 0 ? `${place.join('.')}: ` : ''}${message}; fields are ${Object.keys(fields.shape).join(', ')}`, checked.error);
  }
  const { description, defaults, grids } = checked.data;
  return {
    description,
    grids: grids.map((grid, index) => {
      const whole = steps({ ...defaults, ...grid, ...overrides });
      const missing = NEEDED.find((name) => whole[name] === undefined);
      if (missing) throw bad(`grid ${index + 1} of ${grids.length} says nothing of "${missing}", nor do the defaults`);
      return whole as Grid;
    }),
  };
}

/** Whether a value can be written out: nothing in it holds itself. */
function isTree(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return true;
  } catch {
    return false;
  }
}

/** A number of steps stands for itself: epochs are those of the defaults otherwise. */
function steps<T extends { readonly epochs?: number | null | undefined; readonly maxSteps?: number | null | undefined }>(grid: T): T {
  return grid.maxSteps != null ? { ...grid, epochs: null } : grid;
}
