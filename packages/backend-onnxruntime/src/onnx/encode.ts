import { ELEMENT_TYPE, type Attribute, type GraphConstant, type GraphContent, type GraphNode, type GraphValue } from './content.js';
import { MessageWriter } from './protobuf.js';

/** The opset and the IR version that onnxruntime 1.16 and later read. */
const OPSET = 17;
const IR_VERSION = 8;
/** onnxruntime's own operators, such as FusedMatMul and Gelu. */
const CONTRIB = 'com.microsoft';
const CONTRIB_OPERATORS = new Set(['FastGelu', 'FusedMatMul', 'Gelu', 'MatMulNBits', 'QuickGelu', 'RotaryEmbedding']);

/** Where the values of a constant lie in a file beside the model. */
export interface ExternalPlace {
  /** The file's name. */
  readonly location: string;
  /** Where in it they begin, in bytes. */
  readonly offset: number;
}

/**
 * An ONNX model (ModelProto, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 * @param external tells of constants that lie in another file; by default none does
 */
export function encodeModel({ nodes, constants, inputs, outputs }: GraphContent, external: (constant: GraphConstant) => ExternalPlace | undefined = () => undefined): MessageWriter {
  const graph = new MessageWriter().bytes(2, 'unmask');
  for (const node of nodes) graph.bytes(1, encodeNode(node));
  for (const constant of constants) graph.bytes(5, encodeConstant(constant, external(constant)));
  for (const input of inputs) graph.bytes(11, encodeValue(input));
  for (const output of outputs) graph.bytes(12, encodeValue(output));
  const model = new MessageWriter().integer(1, IR_VERSION).bytes(2, 'unmask').bytes(7, graph).bytes(8, new MessageWriter().bytes(1, '').integer(2, OPSET));
  if (nodes.some(({ operator }) => CONTRIB_OPERATORS.has(operator))) model.bytes(8, new MessageWriter().bytes(1, CONTRIB).integer(2, 1));
  return model;
}

function encodeNode({ operator, inputs, outputs, attributes }: GraphNode): MessageWriter {
  const node = new MessageWriter();
  for (const input of inputs) node.bytes(1, input);
  for (const output of outputs) node.bytes(2, output);
  node.bytes(4, operator);
  for (const [name, value] of Object.entries(attributes)) node.bytes(5, encodeAttribute(name, value));
  if (CONTRIB_OPERATORS.has(operator)) node.bytes(7, CONTRIB);
  return node;
}

function encodeAttribute(name: string, value: Attribute): MessageWriter {
  const message = new MessageWriter().bytes(1, name);
  if (typeof value === 'number') return message.integer(3, value).integer(20, 2);
  if (typeof value === 'string') return message.bytes(4, value).integer(20, 3);
  if ('float' in value) return message.float(2, value.float).integer(20, 1);
  for (const item of value) message.integer(8, item);
  return message.integer(20, 7);
}

function encodeConstant({ name, type, shape, data }: GraphConstant, place: ExternalPlace | undefined): MessageWriter {
  const tensor = new MessageWriter();
  for (const length of shape) tensor.integer(1, length);
  tensor.integer(2, ELEMENT_TYPE[type]).bytes(8, name);
  if (!place) return tensor.bytes(9, data);
  const entries = { location: place.location, offset: String(place.offset), length: String(data.byteLength) };
  for (const [key, value] of Object.entries(entries)) tensor.bytes(13, new MessageWriter().bytes(1, key).bytes(2, value));
  return tensor.integer(14, 1);
}

function encodeValue({ name, type, axes }: GraphValue): MessageWriter {
  const shape = new MessageWriter();
  for (const axis of axes) shape.bytes(1, typeof axis === 'number' ? new MessageWriter().integer(1, axis) : new MessageWriter().bytes(2, axis));
  const tensor = new MessageWriter().integer(1, ELEMENT_TYPE[type]).bytes(2, shape);
  return new MessageWriter().bytes(1, name).bytes(2, new MessageWriter().bytes(1, tensor));
}
