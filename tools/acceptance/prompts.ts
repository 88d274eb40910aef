/**
 * Saves adapters of virtual tokens with changed values, for tools/reference/prompts.py to load with HF PEFT.
 *   npx tsx --conditions=@unmask/source tools/acceptance/prompts.ts OUT [--backend onnxruntime]
 * Makes OUT/<method>-<model>/adapter, and beside it case.json and expected.safetensors, the logits of the model's own fixture.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { getPeftModel, saveAdapter } from '@unmask/adapters';
import { loadModel, type TokenInputs } from '@unmask/models';
import { makeFolder, Random, SafetensorsFile, selectBackend, tf, writeSafetensors } from '@unmask/tensor-core';

const MODELS = 'packages/models/fixtures';
const CASES = (['PROMPT_TUNING', 'PREFIX_TUNING', 'P_TUNING'] as const).flatMap((type) =>
  [['tiny-bert', 'SEQ_CLS'], ['tiny-roberta', 'SEQ_CLS'], ['tiny-gpt2', 'CAUSAL_LM'], ['tiny-llama', 'CAUSAL_LM']].map(([model, task]) => ({ type, model, task })),
);

const { positionals: [out], values } = parseArgs({ allowPositionals: true, options: { backend: { type: 'string', default: 'onnxruntime' } } });
if (!out) throw new Error('give a folder to save into');

async function readInputs(model: string): Promise<TokenInputs> {
  const file = await SafetensorsFile.open(join(MODELS, model, 'expected.safetensors'));
  const read = async (name: string) => tf.tensor(await file.readInt32(`inputs/${name}`), [...file.entries.get(`inputs/${name}`)!.shape], 'int32');
  const [inputIds, attentionMask, tokenTypeIds] = await Promise.all(['input_ids', 'attention_mask', 'token_type_ids'].map(read));
  await file.close();
  return { inputIds, attentionMask, tokenTypeIds };
}

console.log((await selectBackend(values.backend)).message);
for (const { type, model, task } of CASES) {
  const random = new Random(`${type} ${model}`);
  const base = await loadModel(join(MODELS, model), { head: task === 'CAUSAL_LM' ? { kind: 'causal-lm' } : { kind: 'classification', labels: 3 }, random });
  const peft = getPeftModel(base, { peft_type: type, num_virtual_tokens: 5, task_type: task }, { random });
  for (const parameter of peft.trainableParameters()) parameter.modify((entries) => entries.forEach((_, index) => (entries[index] += 0.1 * random.normal())));
  const inputs = await readInputs(model);
  const logits = peft.forward(inputs);
  await makeFolder(join(out, `${type.toLowerCase().replace('_', '-')}-${model}`), async (folder) => {
    await saveAdapter(peft, join(folder, 'adapter'));
    await writeFile(join(folder, 'case.json'), JSON.stringify({ model, task }));
    await writeSafetensors(join(folder, 'expected.safetensors'), [{ name: 'logits', dtype: 'F32', shape: logits.shape, data: logits.dataSync<'float32'>() }]);
  });
  tf.dispose([logits, { ...inputs }]);
  peft.dispose();
}
