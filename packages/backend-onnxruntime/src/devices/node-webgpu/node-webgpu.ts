import { existsSync, readdirSync } from 'node:fs';
import { GraphBuilder } from '../../onnx/graph.js';
import type { Device, Feed, HostArray, Session, Wanted } from '../device.js';
import { loadNative, type Native, type NativeSession } from '../native/binding.js';
import { lowerings } from './lowerings.js';
import { WebgpuGraph } from './webgpu-graph.js';

/** A tensor of onnxruntime in the card's memory. */
export interface CardMemory {
  readonly gpuBuffer: unknown;
  readonly size: number;
  dispose(): void;
}

/** What a card was asked for so far. */
export interface CardStatistics {
  /** Graphs that ran, without those that only move values. */
  runs: number;
  uploads: number;
  downloads: number;
}

type Place = 'gpu-buffer' | 'cpu';

/**
 * Runs between two waits for the card: freed memory is used again only once the commands that read it are done, and nobody
 * else waits for that where nothing is downloaded.
 */
const RUNS_AHEAD = 256;

/** Graphics cards by the WebGPU provider inside of onnxruntime-node: Vulkan, Metal or Direct3D 12. */
export class NodeWebgpu implements Device<CardMemory> {
  readonly name = 'node-webgpu';
  readonly lowerings = lowerings;
  readonly statistics: CardStatistics = { runs: 0, uploads: 0, downloads: 0 };
  readonly #native: Native;
  readonly #toCard: NativeSession;
  readonly #toHost: NativeSession;
  #runsAhead = 0;

  /** @throws Error when there is no card, or no driver for it */
  constructor() {
    this.#native = loadNative();
    [this.#toCard, this.#toHost] = [this.#copy('gpu-buffer'), this.#copy('cpu')];
  }

  graph(): GraphBuilder {
    return new WebgpuGraph();
  }

  compile(graph: GraphBuilder): Session<CardMemory> {
    const session = this.#open(graph, 'gpu-buffer');
    return { run: (feeds, wanted) => this.#run(session, feeds, wanted) };
  }

  upload(values: Float32Array): CardMemory {
    this.statistics.uploads++;
    return this.#toCard.run({ x: this.#native.tensor('float32', values, [values.length]) }, { [COPIED]: null }, {})[COPIED] as CardMemory;
  }

  download(memory: CardMemory): Float32Array {
    this.statistics.downloads++;
    return this.#wait(memory);
  }

  release(memory: CardMemory): void {
    memory.dispose();
  }

  #run(session: NativeSession, feeds: readonly Feed<CardMemory>[], wanted: readonly Wanted[]): CardMemory[] {
    const given: Record<string, unknown> = {};
    for (const { name, type, shape, memory } of feeds) given[name] = isHostArray(memory) ? this.#native.tensor(type, memory, shape) : this.#native.cardTensor(memory.gpuBuffer, type, shape);
    const results = session.run(given, Object.fromEntries(wanted.map(({ name }) => [name, null])), {}) as Record<string, CardMemory>;
    this.statistics.runs++;
    const memories = wanted.map(({ name }) => results[name]);
    if (++this.#runsAhead >= RUNS_AHEAD && memories[0].size <= RUNS_AHEAD) this.#wait(memories[0]);
    return memories;
  }

  /** Reads values, for which all commands so far have to be done. */
  #wait({ gpuBuffer, size }: CardMemory): Float32Array {
    this.#runsAhead = 0;
    return (this.#toHost.run({ x: this.#native.cardTensor(gpuBuffer, 'float32', [size]) }, { [COPIED]: null }, {})[COPIED] as { data: Float32Array }).data;
  }

  #copy(place: Place): NativeSession {
    const graph = new GraphBuilder();
    graph.output(graph.node('Identity', [graph.input('x', 'float32', 1)]), 1);
    return this.#open(graph, place);
  }

  #open(graph: GraphBuilder, preferredOutputLocation: Place): NativeSession {
    const [model, session] = [graph.finish(), this.#native.createSession()];
    session.loadModel(model.buffer, model.byteOffset, model.byteLength, { executionProviders: ['webgpu'], preferredOutputLocation, logSeverityLevel: SILENT });
    return session;
  }
}

/** The first value that a graph names. */
const COPIED = 'v0';

/** Fatal errors only: what else there is comes as an exception. */
const SILENT = 4;

const isHostArray = (memory: CardMemory | HostArray): memory is HostArray => ArrayBuffer.isView(memory);

/**
 * Whether a graphics card is there, and not just a driver that draws with the processor, which computes many times slower than
 * the processor does by itself. Every Mac and nearly every Windows machine has one; Linux lists them as devices.
 */
export function hasGraphicsCard(): boolean {
  if (process.platform !== 'linux') return true;
  const driver = process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES ?? '';
  if (/swiftshader|lvp_icd/.test(driver)) return false;
  return ['/dev/nvidia0', '/dev/dxg'].some((path) => existsSync(path)) || (existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('renderD')));
}
