// Quantised numbers: known ones become floats before the network runs, others hold integers in floats.
import { type Known, type NodeLowering, type OnnxOperator, type Operand, operator } from "../lowering.ts";
import { labelled } from "./elementwise.ts";

/** Numbers of element types in onnx.proto. */
const UINT8 = 2;
const INT8 = 3;

/** A scale or a zero point beside x: one number, or one for each place along an axis. */
function beside(node: NodeLowering<unknown>, x: Operand, parameter: Operand, axis: number): Operand {
  const { shape } = parameter;
  if (shape.length > 1)
    return node.refuse("scale", `[${shape.join(", ")}]`, "one for the tensor or for each place of an axis");
  if (shape.length === 0 || shape[0] === 1) return node.reshaped(parameter, []);
  const along = node.axis(axis, x.shape.length);
  return node.reshaped(
    parameter,
    x.shape.map((size, at) => (at === along ? size : 1)),
  );
}

const DequantizeLinear = operator([2, 3], { axis: 1, block_size: { only: [0] } }, (node) => {
  const x = node.input(0);
  const [scale, zero] = [1, 2].map((at) => {
    const parameter = node.inputs[at];
    return parameter && beside(node, x, labelled(parameter, "float"), node.attributes.axis);
  });
  if (x.data && scale!.data && (!zero || zero.data)) {
    const operands = [x, scale!, ...(zero ? [zero] : [])] as Known[];
    return node.computed(operands, "float", (number, factor, origin = 0) => Math.fround((number - origin) * factor));
  }
  const whole = labelled(x, "float");
  const moved = zero ? node.call("sub", { a: whole, b: zero }) : whole;
  return node.call("multiply", { a: moved, b: scale }, {}, { kind: "float" });
});

/** To integers of 8 bits, signed if the zero point is, or the type that stands for it. */
const QuantizeLinear = operator(
  [2, 3],
  { axis: 1, block_size: { only: [0] }, output_dtype: { only: [0, UINT8, INT8] } },
  (node) => {
    const [x, zero] = [node.input(0), node.inputs[2]];
    const isSigned = zero?.data instanceof Int8Array || node.attributes.output_dtype === INT8;
    if (zero && !isSigned && !(zero.data instanceof Uint8Array))
      node.refuse("zero point", "other integers", "known ones of 8 bits");
    const scale = beside(node, x, node.input(1), node.attributes.axis);
    const whole = node.call("round", { x: node.call("divide", { a: x, b: scale }) });
    const origin = zero && labelled(beside(node, x, zero, node.attributes.axis), "float");
    const moved = origin ? node.call("add", { a: whole, b: origin }) : whole;
    const [min, max] = isSigned ? [-128, 127] : [0, 255];
    return node.call("clamp", { x: moved }, { min, max }, { kind: "integer" });
  },
);

export const quantisation: Readonly<Record<string, OnnxOperator>> = { DequantizeLinear, QuantizeLinear };
