// An ONNX network as the source of graphs.
import type { Dtype, TensorDtype } from "../base/dtype.ts";
import { refuse, words } from "../base/error.ts";
import { RANKS } from "../base/validate.ts";
import { GraphBuilder } from "../model/graph-builder.ts";
import type { Graph, ModelSource, ModelTensor, Size } from "../model/graph.ts";
import { naming } from "../model/naming.ts";
import { operators } from "../model/operators.ts";
import { type Shapes, checkShapes } from "../model/shapes.ts";
import { type Numbers, elementType } from "./elements.ts";
import type { ValueMessage } from "./file.ts";
import { Lowering, NodeLowering, type Operand } from "./lowering.ts";
import type { Network, NetworkNode } from "./network.ts";

/** All maps of ONNX are. */
const LAYOUT = "channels-first";

/** Operators that pass on the element type of their first input. */
const PASSING = [
  "Cast",
  "Identity",
  "Reshape",
  "Squeeze",
  "Unsqueeze",
  "Flatten",
  "Transpose",
  "Slice",
  "Expand",
  "Tile",
];

/**
 * Returns the source of a network whose floats are of one element type. Where all shapes are known it builds the graph once, so that what cannot be
 * lowered is refused.
 * @throws ConvError `unsupported-model` naming the input, output or node
 */
export function sourceOf(network: Network, dtype: Dtype): ModelSource {
  const inputs = network.inputs.map((input) => inputOf(input, dtype));
  const producers = new Map(network.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const floats = new WeakMap<Numbers, Float32Array>();
  const graph = (shapes: Shapes): Graph => graphOf(network, inputs, checkShapes(inputs, shapes), dtype, floats);
  const known = inputs.every(({ shape }) => shape.every((size) => typeof size === "number"));
  const whole = known ? graph({}) : undefined;
  const outputs = network.outputs.map((output) => outputOf(output, dtype, producers, whole));
  return { inputs, outputs, graph };
}

function declared(value: ValueMessage, argument: string): { shape: Size[] | undefined; type: number | undefined } {
  const tensor = value.type?.tensor;
  if (!tensor) return refuse("unsupported-model", argument, words("a value that is no tensor"), "a tensor");
  const shape = tensor.shape?.dims.map(({ value: size, name }, axis): Size => {
    if (size !== undefined && size >= 0 && Number.isSafeInteger(size)) return size;
    return name || `${value.name}[${axis}]`;
  });
  return { shape, type: tensor.type };
}

/** Floats, booleans and integers of 8 and 16 bits are given as floats, which hold them exactly; integers of more bits as indices. */
function inputOf(value: ValueMessage, dtype: Dtype): ModelTensor {
  const { name = "" } = value;
  const argument = `input ${name}`;
  const { shape, type } = declared(value, argument);
  if (!shape) return refuse("unsupported-model", argument, words("no shape"), "the sizes, or names for them");
  if (shape.length > RANKS.at(-1)!)
    refuse("unsupported-model", argument, words(`${shape.length} axes`), `up to ${RANKS.at(-1)}`);
  const { kind, bytes, name: typeName } = elementType(argument, type);
  if (kind === "integer" && bytes === 2 && dtype === "f16")
    refuse("unsupported-model", argument, words(`${typeName} with dtype "f16"`), `dtype "f32", which holds it`);
  return { name, shape, dtype: kind === "integer" && bytes > 2 ? "u32" : dtype, layout: LAYOUT };
}

function outputOf(
  value: ValueMessage,
  dtype: Dtype,
  producers: ReadonlyMap<string, NetworkNode>,
  whole: Graph | undefined,
): ModelTensor {
  const { name = "" } = value;
  const made = whole?.outputs.get(name);
  if (made) return { name, shape: made.shape, dtype: made.dtype, layout: LAYOUT };
  const { shape = ["..."] } = declared(value, `output ${name}`);
  return { name, shape, dtype: isOfIndices(name, producers) ? "u32" : dtype, layout: LAYOUT };
}

/** Whether a tensor is of places, which are computed as such, through operators that only move it. */
function isOfIndices(name: string, producers: ReadonlyMap<string, NetworkNode>): boolean {
  let at = name;
  for (;;) {
    const node = producers.get(at);
    if (!node) return false;
    if (node.operator === "ArgMax" || node.operator === "ArgMin") return true;
    if (node.operator === "MaxPool") return node.outputs.indexOf(at) === 1;
    if (!PASSING.includes(node.operator)) return false;
    at = node.inputs[0]!;
  }
}

function graphOf(
  network: Network,
  inputs: readonly ModelTensor[],
  shapes: Shapes,
  dtype: Dtype,
  floats: WeakMap<Numbers, Float32Array>,
): Graph {
  const builder = new GraphBuilder(operators);
  const lowering = new Lowering(builder, network.opset, dtype, floats);
  const operands = new Map<string, Operand>();
  for (const [name, constant] of network.constants) operands.set(name, { ...constant, name });
  const types = new Map(network.inputs.map((input) => [input.name ?? "", declared(input, "").type]));
  for (const { name, dtype: own, layout } of inputs) {
    const shape = shapes[name]!;
    const value = builder.input({ name, shape, layout, dtype: own });
    operands.set(name, { kind: elementType(name, types.get(name)).kind, shape, value });
  }
  for (const { name, operator, definition, attributes, inputs: given, outputs, read } of network.nodes) {
    const node = { name, attributes, inputs: given.map((input) => operands.get(input)), read };
    const lower = (): readonly Operand[] => {
      const made = definition.lower(new NodeLowering(lowering, node));
      const missing = read.findIndex((isRead, at) => isRead && !made[at]);
      if (missing >= 0) refuse("unsupported-model", `output ${missing}`, words("a reader"), "none: it is not computed");
      return made;
    };
    const results = naming({ name, operator }, lower, "unsupported-model");
    outputs.forEach((output, at) => results[at] && operands.set(output, results[at]));
  }
  for (const { name = "" } of network.outputs) {
    const operand = operands.get(name)!;
    const own: TensorDtype = operand.value?.dtype ?? dtype;
    builder.output(name, lowering.valueOf(operand, name, own));
  }
  return builder.build();
}
