// Quantised numbers: known ones become floats before the network runs, others hold integers in floats.
import { type Known, type NodeLowering, type OnnxOperator, type Operand, operator } from "../../lowering.ts";
import { WINDOW, convolved } from "../convolution.ts";
import { labelled } from "../elementwise.ts";

/** Numbers of element types in onnx.proto. */
const UINT8 = 2;
const INT8 = 3;

/** A scale or a zero point beside x: one number, or one for each place along an axis. */
function beside(node: NodeLowering<unknown>, x: Operand, parameter: Operand, axis: number): Operand {
  const { shape } = parameter;
  if (shape.length > 1) return node.refuse("scale", shape, "one for the tensor or for each place of an axis");
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

/** Whole numbers of 8 bits that stand for those of x, signed if the zero point is, or the element type that stands for it. */
function quantised(
  node: NodeLowering<unknown>,
  x: Operand,
  [scale, zero]: readonly [Operand | undefined, Operand | undefined],
  axis: number,
  type?: number,
): Operand {
  const isSigned = zero?.data instanceof Int8Array || type === INT8;
  if (zero && !isSigned && !(zero.data instanceof Uint8Array))
    node.refuse("zero point", "other integers", "known ones of 8 bits");
  const scaled = scale ? node.call("divide", { a: x, b: beside(node, x, scale, axis) }) : x;
  const whole = node.call("round", { x: scaled });
  const origin = zero && labelled(beside(node, x, zero, axis), "float");
  const moved = origin ? node.call("add", { a: whole, b: origin }) : whole;
  const [min, max] = isSigned ? [-128, 127] : [0, 255];
  return node.call("clamp", { x: moved }, { min, max }, { kind: "integer" });
}

const QuantizeLinear = operator(
  [2, 3],
  { axis: 1, block_size: { only: [0] }, output_dtype: { only: [0, UINT8, INT8] } },
  (node) => {
    const { axis, output_dtype } = node.attributes;
    return quantised(node, node.input(0), [node.input(1), node.inputs[2]], axis, output_dtype);
  },
);

/** Whole numbers less their zero point, as floats, and times a known factor where they are known. */
function centred(
  node: NodeLowering<unknown>,
  x: Operand,
  zero: Operand | undefined,
  axis: number,
  factor?: Known,
): Operand {
  const origin = zero && labelled(beside(node, x, zero, axis), "float");
  const scale = factor && (beside(node, x, factor, axis) as Known);
  if (x.data && (!origin || origin.data)) {
    const [first, one] = [node.constant("float", [], [0]), node.constant("float", [], [1])];
    const operands = [x as Known, (origin ?? first) as Known, scale ?? one];
    return node.computed(operands, "float", (number, from, by) => (number - from) * by);
  }
  const whole = labelled(x, "float");
  const moved = origin ? node.call("sub", { a: whole, b: origin }) : whole;
  return scale ? node.call("multiply", { a: moved, b: scale }) : moved;
}

/** The factor from products of whole numbers to the whole numbers of the result: known, one for all or one for each channel. */
function factorOf(node: NodeLowering<unknown>): Known {
  for (const at of [1, 4, 6]) node.numbers(at);
  const [x, w, y] = [1, 4, 6].map((at) => node.input(at)) as [Known, Known, Known];
  if (x.data.length > 1 || y.data.length > 1) node.refuse("scale", "one for each row", "one for the tensor");
  return node.computed(
    [node.reshaped(x, []) as Known, w, node.reshaped(y, []) as Known],
    "float",
    (a, b, c) => (a * b) / c,
  );
}

/** The scales go into the weights: the sums are the numbers that are rounded. */
const QLinearConv = operator([8, 9], { ...WINDOW, group: 1 }, (node) => {
  const factor = factorOf(node);
  const x = centred(node, node.input(0), node.inputs[2], 1);
  const w = centred(node, node.input(3), node.inputs[5], 0, factor);
  const bias = node.inputs[8];
  if (bias) node.numbers(8);
  const own = bias && node.computed([bias as Known, factor], "float", (sum, by) => sum * by);
  return quantised(node, convolved(node, x, w, own), [undefined, node.input(7)], 1);
});

const QLinearMatMul = operator([8, 8], {}, (node) => {
  const a = centred(node, node.input(0), node.inputs[2], -2);
  const b = centred(node, node.input(3), node.inputs[5], -1, factorOf(node));
  return quantised(node, node.call("matmul", { a, b }), [undefined, node.input(7)], 1);
});

/** x and w less their zero points, for products of whole numbers, of which floats hold sums up to 2^24. */
function wholePair(node: NodeLowering<unknown>, axes: readonly [number, number]): readonly [Operand, Operand] {
  if (node.dtype === "f16") node.refuse("dtype", `"f16"`, `"f32", which holds whole numbers up to 2^24`);
  return [centred(node, node.input(0), node.inputs[2], axes[0]), centred(node, node.input(1), node.inputs[3], axes[1])];
}

const ConvInteger = operator([2, 4], { ...WINDOW, group: 1 }, (node) =>
  labelled(convolved(node, ...wholePair(node, [1, 0])), "integer"),
);

const MatMulInteger = operator([2, 4], {}, (node) => {
  const [a, b] = wholePair(node, [-2, -1]);
  return node.call("matmul", { a, b }, {}, { kind: "integer" });
});

/** To 8 bits without a sign, by a scale that the least and the greatest number give. */
const DynamicQuantizeLinear = operator([1, 1], {}, (node) => {
  const x = node.input(0);
  const number = (value: number): Known => node.constant("float", [], [value]);
  const options = { axes: [...x.shape.keys()], keepDimensions: false };
  const least = node.call("minimum", { a: node.call("reduceMin", { x }, options), b: number(0) });
  const greatest = node.call("maximum", { a: node.call("reduceMax", { x }, options), b: number(0) });
  const range = node.call("sub", { a: greatest, b: least });
  const step = node.call("multiply", { a: range, b: number(1 / 255) });
  const isFlat = node.call("equal", { a: range, b: number(0) }, {}, { kind: "boolean" });
  const scale = node.call("where", { condition: isFlat, a: number(1), b: step });
  const origin = node.call("round", { x: node.call("negate", { x: node.call("divide", { a: least, b: scale }) }) });
  const zero = node.call("clamp", { x: origin }, { min: 0, max: 255 });
  const whole = node.call("round", { x: node.call("divide", { a: x, b: scale }) });
  const y = node.call("clamp", { x: node.call("add", { a: whole, b: zero }) }, { min: 0, max: 255 });
  return [labelled(y, "integer"), scale, labelled(zero, "integer")];
});

export const quantisation: Readonly<Record<string, OnnxOperator>> = {
  ConvInteger,
  DequantizeLinear,
  DynamicQuantizeLinear,
  MatMulInteger,
  QLinearConv,
  QLinearMatMul,
  QuantizeLinear,
};
