import { basename, dirname, join } from 'node:path';
import { encodeModel, type ExternalPlace, type GraphConstant, type GraphContent } from '@unmask/backend-onnxruntime';
import { writePieces } from '../files.js';

/** What a protocol buffer can hold is 2 GB; a model with more has its constants in a file beside it. */
const LARGEST = 2 ** 31 - 2 ** 20;
/** Constants of fewer bytes stay in the model. */
const SMALL = 1024;
/** Constants in the file beside begin at a multiple of this. */
const ALIGNMENT = 64;

/** What {@link writeOnnx} wrote. */
export interface WrittenOnnx {
  /** In all files. */
  readonly bytes: number;
  /** Whether there is a file beside the model, of its name and `_data`. */
  readonly external: boolean;
}

/** Writes a graph as an .onnx file. @param largest bytes of constants up to which they are in the model itself */
export async function writeOnnx(path: string, graph: GraphContent, largest = LARGEST): Promise<WrittenOnnx> {
  const total = graph.constants.reduce((sum, { data }) => sum + data.byteLength, 0);
  if (total <= largest) return { bytes: await writePieces(path, encodeModel(graph).chunks), external: false };
  const beside = join(dirname(path), `${basename(path)}_data`);
  const places = new Map<GraphConstant, ExternalPlace>();
  let offset = 0;
  const pieces: Uint8Array[] = [];
  for (const constant of graph.constants) {
    if (constant.data.byteLength < SMALL) continue;
    const gap = (ALIGNMENT - (offset % ALIGNMENT)) % ALIGNMENT;
    places.set(constant, { location: basename(beside), offset: offset + gap });
    pieces.push(new Uint8Array(gap), constant.data);
    offset += gap + constant.data.byteLength;
  }
  const bytes = [await writePieces(beside, pieces), await writePieces(path, encodeModel(graph, (constant) => places.get(constant)).chunks)];
  return { bytes: bytes[0] + bytes[1], external: true };
}
