import { UnmaskError } from '../errors.js';
import { copyPath, ensureFolder, factsOf, namesIn, removePath, renamePath } from '../files/files.js';
import { joinPath } from '../files/paths.js';

/**
 * Makes a folder that appears when it is complete: `fill` writes into a temporary one beside it, which is renamed, or deleted
 * when `fill` throws.
 * @param out must not be there yet, or be an empty folder
 * @returns what `fill` returns
 * @throws UnmaskError, before `fill` runs, when there is something at `out`
 */
export async function makeFolder<T>(out: string, fill: (temporary: string) => Promise<T>): Promise<T> {
  const path = out.replace(/(?<=.)[/\\]+$/, '');
  const isTaken = (await factsOf(path)) && (await namesIn(path))?.length !== 0;
  if (isTaken) throw new UnmaskError(`${out} is there already, and not an empty folder: delete it, or give another folder`);
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await ensureFolder(temporary);
    const result = await fill(temporary);
    await renamePath(temporary, path);
    return result;
  } catch (error) {
    await removePath(temporary);
    throw error;
  }
}

/** Files of a model folder in Hugging Face layout that training does not change: of the tokenizer, and how to generate text. */
const COMPANIONS =
  /^(tokenizer.*|special_tokens_map\.json|added_tokens\.json|vocab\.(txt|json)|merges\.txt|spiece\.model|sentencepiece.*\.model|chat_template\.(jinja|json)|generation_config\.json)$/;

/** Copies what belongs to a model besides configuration and weights: its tokenizer, and how it generates text. */
export async function copyCompanions(from: string, to: string): Promise<void> {
  const names = await namesIn(from);
  if (!names) throw new UnmaskError(`cannot read the folder ${from} (ENOENT)`, { code: 'not-found' });
  for (const name of names) {
    if (COMPANIONS.test(name)) await copyPath(joinPath(from, name), joinPath(to, name));
  }
}

/**
 * Fields of config.json that name the classes of a classifier; transformers counts them.
 * @param labels names of the classes, or how many there are: then they are called as transformers calls them, LABEL_0, …
 * @throws UnmaskError when there is none, or two have the same name
 */
export function classFields(labels: readonly string[] | number): { id2label: Record<string, string>; label2id: Record<string, number> } {
  const names = typeof labels === 'number' ? Array.from({ length: Number.isInteger(labels) ? labels : 0 }, (_, label) => `LABEL_${label}`) : labels;
  if (names.length === 0 || new Set(names).size !== names.length) throw new UnmaskError(`labels is ${JSON.stringify(labels)}: give at least one, each with a name of its own`);
  return {
    id2label: Object.fromEntries(names.map((name, label) => [`${label}`, name])),
    label2id: Object.fromEntries(names.map((name, label) => [name, label])),
  };
}
