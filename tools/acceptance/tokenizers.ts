import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tokenizer } from '@unmask/models';

/**
 * Compares tokenizers with what HF tokenizers gives: node --import tsx --conditions=@unmask/source tools/acceptance/tokenizers.ts FILE,
 * with a FILE that tools/reference/random_tokenizers.py has made. Counts texts that come out the same, are refused by name, and
 * come out otherwise, of which the first ones are shown; fails when there are any.
 */
type Row = readonly [text: string, ids: number[] | null, decoded: string | null, withoutSpecial: string | null];

const SHOWN = Number(process.env.SHOWN ?? 10);
const counts = { same: 0, refused: 0, wrong: 0, 'failed there': 0 };
const reasons = new Map<string, number>();

function refuse(cause: unknown, texts: number): void {
  counts.refused += texts;
  const reason = (cause as Error).message.slice(0, 160);
  reasons.set(reason, (reasons.get(reason) ?? 0) + texts);
}

function compare(tokenizer: Tokenizer, [text, ids, ...decoded]: Row, line: number, definition: object): void {
  try {
    const found = tokenizer.encode(text).ids;
    if (ids === null) return void counts['failed there']++;
    const texts = [false, true].map((skipSpecialTokens) => tokenizer.decode(ids, { skipSpecialTokens }));
    const isSame = found.join() === ids.join() && texts.every((each, index) => decoded[index] === null || each === decoded[index]);
    counts[isSame ? 'same' : 'wrong']++;
    if (!isSame && counts.wrong <= SHOWN) console.log(JSON.stringify({ line, text, ids: ids.join(), found: found.join(), decoded, texts, ...parts(definition) }, null, 1));
  } catch (cause) {
    if (ids === null) counts['failed there']++;
    else refuse(cause, 1);
  }
}

/** What a difference may come from. */
function parts(definition: object): object {
  const { model, ...others } = definition as { model: Record<string, unknown> };
  return { ...others, model: Object.fromEntries(Object.entries(model).filter(([name]) => !['vocab', 'merges'].includes(name))) };
}

const folder = mkdtempSync(join(tmpdir(), 'tokenizers-'));
const lines = readFileSync(process.argv[2], 'utf8').trimEnd().split('\n');
for (const [index, line] of lines.entries()) {
  const { definition, rows } = JSON.parse(line) as { definition: object; rows: Row[] };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(definition));
  try {
    const tokenizer = await Tokenizer.load(folder);
    for (const row of rows) compare(tokenizer, row, index, definition);
  } catch (cause) {
    refuse(cause, rows.length);
  }
}
rmSync(folder, { recursive: true });
for (const [reason, texts] of reasons) console.log(`${texts} refused: ${reason}`);
console.log(`${lines.length} tokenizers`, counts);
process.exitCode = counts.wrong > 0 ? 1 : 0;
