import { ELEMENT_TYPE, type GraphConstant, type GraphContent, type GraphNode } from '@unmask/backend-onnxruntime';
import { LARGEST_HALF, toHalf } from '../../quantization/half.js';
import { floatsOf } from './constants.js';
import { typesOf } from './types.js';

/** What loses too much in half precision, or leaves its range: squares and roots of norms, and angles of positions. */
const PRECISE = new Set(['Cos', 'ReduceMean', 'Reciprocal', 'Sin', 'Sqrt']);

/** Constants end here, so that a mask and a score still add up to a number. */
const LIMIT = LARGEST_HALF / 2;

/** A graph that computes in half precision; its inputs and outputs stay float32. */
export function inHalfPrecision(graph: GraphContent): GraphContent {
  const types = typesOf(graph);
  const precise = preciseNodes(graph.nodes);
  const isFloat = (name: string) => types.get(name) === 'float32';
  const constants = new Map(graph.constants.map((constant) => [constant.name, constant]));
  const wide = new Set<string>(graph.inputs.filter(({ type }) => type === 'float32').map(({ name }) => name)); // values that are float32 still
  const converted = new Map<string, GraphConstant>();
  const nodes: GraphNode[] = [];
  const casts = new Map<string, string>();

  /** A value in the precision that a node computes in. */
  const as = (name: string, half: boolean): string => {
    if (!isFloat(name)) return name;
    const constant = constants.get(name);
    if (constant) {
      const own = half ? `${name}_half` : name;
      if (!converted.has(own)) converted.set(own, half ? { ...constant, name: own, type: 'float16', data: toHalf(floatsOf(constant), LIMIT) } : constant);
      return own;
    }
    if (wide.has(name) !== half) return name;
    const cast = `${name}_${half ? 'half' : 'float'}`;
    if (!casts.has(cast)) nodes.push({ operator: 'Cast', inputs: [name], outputs: [cast], attributes: { to: ELEMENT_TYPE[half ? 'float16' : 'float32'] } });
    casts.set(cast, name);
    return cast;
  };

  for (const node of graph.nodes) {
    const half = !precise.has(node);
    const outputs = node.outputs.filter((name) => isFloat(name));
    if (!half) for (const name of outputs) wide.add(name);
    const attributes = node.operator === 'Cast' && half && outputs.length > 0 ? { to: ELEMENT_TYPE.float16 } : node.attributes;
    nodes.push({ ...node, inputs: node.inputs.map((name) => as(name, half)), attributes });
  }
  const results = graph.outputs.map((output) => ({ ...output, from: as(output.name, false) }));
  const swapped = swapNames(nodes, new Map(results.map(({ name, from }) => [name, from])));
  const others = graph.constants.filter(({ type }) => type !== 'float32');
  return { nodes: swapped, constants: [...others, ...converted.values()], inputs: graph.inputs, outputs: graph.outputs };
}

/** Operators of {@link PRECISE}, and what nobody else reads. */
function preciseNodes(nodes: readonly GraphNode[]): Set<GraphNode> {
  const precise = new Set<GraphNode>();
  const readers = new Map<string, GraphNode[]>();
  for (const node of nodes.toReversed()) {
    const own = node.outputs.flatMap((name) => readers.get(name) ?? []);
    if (PRECISE.has(node.operator) || (own.length > 0 && own.every((reader) => precise.has(reader)))) precise.add(node);
    for (const name of node.inputs) readers.set(name, [...(readers.get(name) ?? []), node]);
  }
  return precise;
}

/** Gives the values behind casts of outputs other names, and the casts those of the outputs. */
function swapNames(nodes: readonly GraphNode[], casts: ReadonlyMap<string, string>): GraphNode[] {
  const renamed = new Map<string, string>();
  for (const [name, cast] of casts) if (cast !== name) renamed.set(name, `${name}_narrow`).set(cast, name);
  const rename = (name: string) => renamed.get(name) ?? name;
  return nodes.map((node) => ({ ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) }));
}
