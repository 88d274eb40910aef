import { getBackend, getKernelsForBackend, type KernelFunc, ready, registerBackend, registerKernel, setBackend, type Tensor, type TensorInfo, tidy } from '@tensorflow/tfjs-core';
import type { GraphContent } from '../onnx/content.js';
import type { Axis, Sizes } from './axes.js';
import { RECORDED, type RecordedLowering } from './lowerings.js';
import { Recorder } from './recorder.js';

export type { Axis } from './axes.js';

/** What a recorded pass is given to declare what goes in and what comes out. */
export interface Recording {
  /** An input of the graph; its integers are int64 there. @param axes a length, or the name of an axis that stays open */
  input(name: string, type: 'float32' | 'int32', axes: readonly Axis[]): Tensor;
  /** A float32 output of the graph. @param axes as for {@link input} */
  output(name: string, tensor: Tensor, axes: readonly Axis[]): void;
}

/** How {@link record} runs. */
export interface RecordOptions {
  /** Two different sizes of each axis that stays open, small ones: the pass runs once with each. */
  readonly sizes: Readonly<Record<string, readonly [number, number]>>;
  /** The name of a constant, e.g. of a parameter. */
  readonly nameOf?: (tensor: TensorInfo) => string | undefined;
}

/** The backend's name within tfjs. */
const NAME = 'unmask-recorder';

/** Kernels that give their input another shape. */
const VIEWS = ['Identity', 'Reshape', 'ExpandDims'];

let recorder: Recorder | undefined;

/**
 * Records a forward pass as a graph of ONNX's own operators, by the engine's table of lowerings. Nothing is computed.
 * What the pass does on the host must not depend on the sizes or on values of the inputs.
 * @param pass synchronous; it runs twice
 * @returns the graph; its constants share the memory of the tensors that they are
 * @throws Error saying what cannot be recorded
 */
export async function record(pass: (recording: Recording) => void, { sizes, nameOf = () => undefined }: RecordOptions): Promise<GraphContent> {
  await ready();
  const before = getBackend();
  const recorder = start();
  await setBackend(NAME);
  try {
    for (const probe of [0, 1]) {
      const chosen: Sizes = Object.fromEntries(Object.entries(sizes).map(([axis, both]) => [axis, both[probe]]));
      recorder.begin(chosen, nameOf, probe === 1);
      tidy(() => pass(recorder));
    }
    return recorder.end();
  } finally {
    await setBackend(before);
  }
}

function start(): Recorder {
  if (recorder) return recorder;
  const made = (recorder = new Recorder());
  registerBackend(NAME, () => made, 0);
  for (const config of getKernelsForBackend('cpu')) {
    const { kernelName, kernelFunc } = config;
    if (!(kernelName in RECORDED)) registerKernel({ ...config, backendName: NAME, kernelFunc: VIEWS.includes(kernelName) ? kernelFunc : onConstants(kernelName, kernelFunc) });
  }
  for (const [kernelName, lowering] of Object.entries(RECORDED)) registerKernel({ kernelName, backendName: NAME, kernelFunc: recorded(kernelName, lowering) });
  return made;
}

function recorded(kernelName: string, lowering: RecordedLowering): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const outputs = (backend as Recorder).record({ kernelName, lowering, inputs: lowering.inputs.map((name) => inputs[name]), attributes: attrs ?? {} });
    return outputs.length === 1 ? outputs[0] : outputs;
  };
}

/** Kernels without a lowering compute on the host, what does not depend on the inputs. */
function onConstants(kernelName: string, kernelFunc: KernelFunc): KernelFunc {
  return (params) => {
    const inputs = Object.values(params.inputs).flat().filter((input) => input !== undefined);
    if (inputs.some((input) => (params.backend as Recorder).isRecorded(input))) throw new Error(`the operation ${kernelName} cannot be recorded`);
    return kernelFunc(params);
  };
}
