import type { GraphConstant, GraphContent, GraphNode } from '@unmask/backend-onnxruntime';

/** The numbers of a float32 constant. */
export function floatsOf({ data }: GraphConstant): Float32Array {
  return new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);
}

/** The bytes of an array of numbers. */
export function bytesOf(values: Float32Array | Uint8Array | Int8Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** What takes the place of a product of an activation and a weight, or of the look-up in a table. */
export interface WeightCodec {
  /** x·W, for W laid out [out, in], or [in, out] when not `transposed`. */
  product(graph: Rewriting, x: string, weight: GraphConstant, transposed: boolean): string;
  /** Rows of a table. */
  rows(graph: Rewriting, table: GraphConstant, indices: string): string;
}

/** A graph that is being rewritten. */
export class Rewriting {
  readonly nodes: GraphNode[] = [];
  readonly constants = new Map<string, GraphConstant>();
  #names = 0;

  /** Adds a node. @returns the names of its `count` results */
  add(operator: string, inputs: readonly string[], attributes: GraphNode['attributes'] = {}, count = 1): string[] {
    const outputs = Array.from({ length: count }, () => `q${this.#names++}`);
    this.nodes.push({ operator, inputs, outputs, attributes });
    return outputs;
  }

  /** A constant that is made once. */
  constant(name: string, make: () => Omit<GraphConstant, 'name'>): string {
    if (!this.constants.has(name)) this.constants.set(name, { name, ...make() });
    return name;
  }
}

/** A graph whose matrices are stored as `codec` says; vectors stay float32. */
export function withCodec(graph: GraphContent, codec: WeightCodec): GraphContent {
  const rewriting = new Rewriting();
  const matrices = new Map(graph.constants.flatMap((constant) => (constant.type === 'float32' && constant.shape.length === 2 ? [[constant.name, constant] as const] : [])));
  for (const node of graph.nodes) {
    const { operator, inputs, outputs, attributes } = node;
    const weight = matrices.get(inputs[operator === 'Gather' ? 0 : 1]);
    if (weight && operator === 'Gemm') {
      const product = codec.product(rewriting, inputs[0], weight, attributes.transB === 1);
      rewriting.nodes.push({ operator: inputs[2] ? 'Add' : 'Identity', inputs: inputs[2] ? [product, inputs[2]] : [product], outputs, attributes: {} });
    } else if (weight && operator === 'Gather') {
      rewriting.nodes.push({ operator: 'Identity', inputs: [codec.rows(rewriting, weight, inputs[1])], outputs, attributes: {} });
    } else rewriting.nodes.push(node);
  }
  const used = new Set(rewriting.nodes.flatMap(({ inputs }) => inputs));
  return { ...graph, nodes: rewriting.nodes, constants: [...graph.constants.filter(({ name }) => used.has(name)), ...rewriting.constants.values()] };
}
