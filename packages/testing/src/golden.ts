import { type Parameter, SafetensorsFile, tf } from '@unmask/tensor-core';

/** Tensors of a fixture by name, on the host. */
export type Golden = ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;

/** Reads a fixture's tensors. */
export async function readGolden(path: string): Promise<Golden> {
  const file = await SafetensorsFile.open(path);
  const golden = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const [name, { shape }] of file.entries) golden.set(name, { shape, values: await file.readFloat32(name) });
  await file.close();
  return golden;
}

/** What a model is given: int32, [rows, columns] each. */
export interface GoldenInputs {
  readonly inputIds: tf.Tensor;
  readonly attentionMask: tf.Tensor;
  readonly tokenTypeIds: tf.Tensor;
}

/** The batch of a model's fixture, padded at the end. */
export function goldenInputs(golden: Golden): GoldenInputs {
  const integers = (name: string) => {
    const { shape, values } = golden.get(`inputs/${name}`)!;
    return tf.tensor(Int32Array.from(values), [...shape], 'int32');
  };
  return { inputIds: integers('input_ids'), attentionMask: integers('attention_mask'), tokenTypeIds: integers('token_type_ids') };
}

/** `extra` columns of padding at one end. */
export function padded(inputs: GoldenInputs, extra: number, side: 'left' | 'right'): GoldenInputs {
  const pad = (x: tf.Tensor) => tf.pad(x, [[0, 0], side === 'left' ? [extra, 0] : [0, extra]]);
  return { inputIds: pad(inputs.inputIds), attentionMask: pad(inputs.attentionMask), tokenTypeIds: pad(inputs.tokenTypeIds) };
}

/** Gives parameters the values that a fixture holds under `prefix`; the others keep theirs. */
export function setParameters(parameters: readonly Parameter[], golden: Golden, prefix: string): void {
  for (const parameter of parameters) {
    const values = golden.get(prefix + parameter.name)?.values;
    if (values) parameter.modify((target) => target.set(values));
  }
}
