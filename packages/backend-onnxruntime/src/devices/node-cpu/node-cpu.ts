import { GraphBuilder, UNREADABLE_OUTPUT } from '../../onnx/graph.js';
import type { SessionOptions } from '../device.js';
import { arrayBuffers } from '../host/array-buffers.js';
import { HostDevice, type HostSession, type HostTensor } from '../host/host-device.js';
import { INSTALLED, loadNative, type Native, type NativeSession } from '../native/binding.js';
import { THREADS } from '../native/threads.js';

const SESSION_OPTIONS = {
  executionProviders: ['cpu'],
  intraOpNumThreads: THREADS,
  interOpNumThreads: 1,
  graphOptimizationLevel: 'all',
  // Every session has threads of its own: they must not spin while another session works.
  extra: { session: { intra_op: { allow_spinning: '0' } } },
};

/** Output elements from which a copy of them costs more than the exception that prevents it. */
const WORTH_PREVENTING = 2048;

/** What the binding says when an output cannot be handed to JavaScript. */
const CANNOT_READ = /^Tensor type \(\d+\) is not supported/;

/**
 * The processor by onnxruntime-node.
 * @throws Error naming the remedy when it is not installed or has no binary for this platform
 */
export function nodeCpu(): HostDevice {
  const native = loadNative();
  checkSynchronous(native);
  return new HostDevice({ ...arrayBuffers, name: 'node-cpu', open: (graph, options) => new Session(native, graph, options) });
}

/** The binding is no public interface: a version whose `run` answers with a promise is of no use here. */
function checkSynchronous(native: Native): void {
  const graph = new GraphBuilder();
  const result = graph.node('Identity', [graph.input('x', 'float32', 1)]);
  graph.output(result, 1);
  const model = graph.finish();
  const session = native.createSession();
  session.loadModel(model.buffer, model.byteOffset, model.byteLength, SESSION_OPTIONS);
  const answer = session.run({ x: native.tensor('float32', Float32Array.of(1), [1]) }, { [result]: null }, {});
  if (!answer[result]) throw new Error(`onnxruntime-node no longer computes synchronously: npm install ${INSTALLED}`);
}

/**
 * After it has run a model, the binding (js/node/src/inference_session_wrap.cc) copies each output into memory of its own,
 * also one that was written into an array of ours: fresh pages, which take several times as long as most operations, and
 * garbage. So we ask first for an output that it cannot hand over. The run is done and our arrays are written when it comes
 * to that output and gives up, before it has copied anything.
 */
class Session implements HostSession {
  readonly #native: Native;
  readonly #session: NativeSession;

  constructor(native: Native, graph: GraphBuilder, { keepsMemory = false }: SessionOptions) {
    const model = graph.finish({ unreadable: true });
    this.#native = native;
    this.#session = native.createSession();
    this.#session.loadModel(model.buffer, model.byteOffset, model.byteLength, { ...SESSION_OPTIONS, enableCpuMemArena: keepsMemory });
  }

  run(inputs: readonly HostTensor[], outputs: readonly HostTensor[]): void {
    const [feeds, fetches] = [this.#named(inputs), this.#named(outputs)];
    if (!outputs.some(({ memory }) => memory.length >= WORTH_PREVENTING)) {
      this.#session.run(feeds, fetches, {});
      return;
    }
    try {
      this.#session.run(feeds, { [UNREADABLE_OUTPUT]: null, ...fetches }, {});
    } catch (error) {
      if (!CANNOT_READ.test((error as Error).message)) throw error;
    }
  }

  #named(tensors: readonly HostTensor[]): Record<string, unknown> {
    const named: Record<string, unknown> = {};
    for (const { name, type, memory, shape } of tensors) named[name] = this.#native.tensor(type, memory, shape);
    return named;
  }
}
