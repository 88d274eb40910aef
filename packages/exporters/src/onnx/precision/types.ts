import type { ElementType, GraphContent, GraphNode } from '@unmask/backend-onnxruntime';
import { ELEMENT_TYPE } from '@unmask/backend-onnxruntime';

/** Operators whose results have a type of their own; the others' is that of an input, here by its place. */
const OWN: Readonly<Record<string, ElementType>> = { And: 'bool', ArgMax: 'int64', Less: 'bool', LessOrEqual: 'bool', Shape: 'int64' };
const TYPE_FROM: Readonly<Record<string, number>> = { Where: 1 };

const typeOfCode = new Map<number, ElementType>(Object.entries(ELEMENT_TYPE).map(([type, code]) => [code, type as ElementType]));

/** The element type of every value of a graph. */
export function typesOf({ nodes, constants, inputs }: GraphContent): Map<string, ElementType> {
  const types = new Map<string, ElementType>([...constants, ...inputs].map(({ name, type }) => [name, type]));
  const result = ({ operator, inputs: from, attributes }: GraphNode) => {
    if (operator === 'Cast') return typeOfCode.get(attributes.to as number)!;
    return OWN[operator] ?? types.get(from[TYPE_FROM[operator] ?? 0])!;
  };
  for (const node of nodes) for (const name of node.outputs) types.set(name, result(node));
  return types;
}
