import type { GraphContent, GraphNode } from '../onnx/content.js';

/** A graph without what leads to no output; results that nobody reads have no name. */
export function withoutUnused({ nodes, constants, inputs, outputs }: GraphContent): GraphContent {
  const used = new Set(outputs.map(({ name }) => name));
  const kept: GraphNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => used.has(name))) continue;
    for (const name of node.inputs) used.add(name);
    const last = node.outputs.findLastIndex((name) => used.has(name));
    kept.push({ ...node, outputs: node.outputs.slice(0, last + 1).map((name) => (used.has(name) ? name : '')) });
  }
  return { nodes: kept.reverse(), constants: constants.filter(({ name }) => used.has(name)), inputs: inputs.filter(({ name }) => used.has(name)), outputs };
}
