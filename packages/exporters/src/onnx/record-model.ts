import { type GraphContent, record, type Recording } from '@unmask/backend-onnxruntime';
import { familyOf, type ForwardOptions, type LoadedModel, type TokenInputs } from '@unmask/models';
import { Module, type tf, UnmaskError } from '@unmask/tensor-core';
import { AXES, RecordedKeyValues } from './past.js';

/** What a graph answers with: the model's head, or the hidden states below it. */
export type OnnxOutput = 'logits' | 'last_hidden_state';

/** Lengths of the axes of a batch in the two recordings. Small: some models have a table of few positions. */
const SIZES = { [AXES.batch]: [2, 3], [AXES.length]: [5, 4], [AXES.past]: [3, 7] } as const;

/** Whatever answers a batch of tokens. */
interface Answering {
  forward(inputs: TokenInputs, options?: ForwardOptions): tf.Tensor;
}

/**
 * A model's forward pass as a graph, with the inputs and outputs that Optimum gives such a model.
 * @throws UnmaskError when it has parts that a graph cannot hold
 */
export async function recordModel({ model, config, head }: Pick<LoadedModel, 'model' | 'config' | 'head'>, output: OnnxOutput): Promise<GraphContent> {
  const names = new Map(model.namedParameters().map(([name, { tensor }]) => [tensor.dataId, name]));
  const answering = output === 'logits' ? model : bareModel(model, familyOf(config).baseModelPrefix);
  const pass = (recording: Recording) => {
    const [length, cached] = [AXES.length, head.kind === 'causal-lm' && output === 'logits'];
    const input = (name: string, axis: string) => recording.input(name, 'int32', [AXES.batch, axis]);
    const inputs = { inputIds: input('input_ids', length), attentionMask: input('attention_mask', cached ? AXES.total : length), tokenTypeIds: input('token_type_ids', length) };
    const cache = cached ? new RecordedKeyValues(recording, inputs.attentionMask.shape[1]! - inputs.inputIds.shape[1]!, keyValueHeads(config)) : undefined;
    const result = answering.forward(inputs, { cache });
    recording.output(output, result, [AXES.batch, ...(result.rank === 3 ? [length] : []), result.shape.at(-1)!]);
  };
  try {
    return await record(pass, { sizes: SIZES, nameOf: ({ dataId }) => names.get(dataId) });
  } catch (error) {
    if (UnmaskError.isInstance(error)) throw error;
    throw new UnmaskError(`this model cannot be written as ONNX: ${(error as Error).message}`, { code: 'unsupported', cause: error });
  }
}

/** The model below the head. */
function bareModel(model: Module, prefix: string): Answering {
  const bare = (model as unknown as Readonly<Record<string, unknown>>)[prefix];
  if (bare instanceof Module && 'forward' in bare) return bare as Module & Answering;
  throw new UnmaskError(`this model has no part called ${prefix} that gives hidden states`, { code: 'unsupported' });
}

/** Heads of keys and values, under the names that families give them. */
function keyValueHeads(config: LoadedModel['config']): number {
  return (config.num_key_value_heads ?? config.num_attention_heads ?? config.n_head) as number;
}
