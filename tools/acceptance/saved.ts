/**
 * Saves every family that has a fixture, with every head, for tools/reference/saved.py to hold against HF transformers.
 *   npx tsx --conditions=@unmask/source tools/acceptance/saved.ts OUT [--backend onnxruntime]
 * Makes OUT/<fixture>-<head>/model, with changed weights, and beside it expected.safetensors: inputs and logits.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { familyOf, loadModel, savePretrained, type Head, type HeadKind } from '@unmask/models';
import { Random, SafetensorsFile, selectBackend, tf, writeSafetensors } from '@unmask/tensor-core';

const FIXTURES = 'packages/models/fixtures';
const LABELS = 3;
const INPUTS = ['input_ids', 'attention_mask', 'token_type_ids'] as const;
type Inputs = Readonly<Record<(typeof INPUTS)[number], tf.Tensor>>;

const { positionals, values } = parseArgs({ allowPositionals: true, options: { backend: { type: 'string', default: 'onnxruntime' } } });
const [out] = positionals;
if (!out) throw new Error('give a folder to save into');

async function readInputs(folder: string): Promise<Inputs> {
  const file = await SafetensorsFile.open(join(folder, 'expected.safetensors'));
  const read = async (name: string) => tf.tensor(await file.readInt32(`inputs/${name}`), [...file.entries.get(`inputs/${name}`)!.shape], 'int32');
  const [input_ids, attention_mask, token_type_ids] = await Promise.all(INPUTS.map(read));
  await file.close();
  return { input_ids, attention_mask, token_type_ids };
}

const headOf = (kind: HeadKind): Head => (kind.endsWith('classification') ? { kind, labels: LABELS } : { kind }) as Head;

/** Saves one model with changed weights, and what it answers. */
async function save(source: string, folder: string, kind: HeadKind, inputs: Inputs): Promise<void> {
  const random = new Random(kind);
  const loaded = await loadModel(source, { head: headOf(kind), random });
  for (const parameter of loaded.model.parameters()) parameter.modify((entries) => entries.forEach((_, index) => (entries[index] += 0.1 * random.normal())));
  await savePretrained(loaded.model, join(folder, 'model'), loaded);
  const logits = loaded.model.forward({ inputIds: inputs.input_ids, attentionMask: inputs.attention_mask, tokenTypeIds: inputs.token_type_ids });
  await writeSafetensors(join(folder, 'expected.safetensors'), [
    ...INPUTS.map((name) => ({ name, dtype: 'I32' as const, shape: inputs[name].shape, data: inputs[name].dataSync<'int32'>() })),
    { name: 'logits', dtype: 'F32', shape: logits.shape, data: logits.dataSync<'float32'>() },
  ]);
  logits.dispose();
  loaded.model.dispose();
}

console.log((await selectBackend(values.backend)).message);
for (const name of (await readdir(FIXTURES)).filter((name) => name.startsWith('tiny-'))) {
  const source = join(FIXTURES, name);
  const inputs = await readInputs(source);
  const { headKinds } = familyOf(JSON.parse(await readFile(join(source, 'config.json'), 'utf8')));
  for (const kind of headKinds) await save(source, join(out, `${name}-${kind}`), kind, inputs);
  tf.dispose({ ...inputs });
  console.log(`${name}: ${headKinds.join(', ')}`);
}
