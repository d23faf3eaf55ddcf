// Casts, comparisons, logic, and arithmetic and activations that few networks have.
import { ELEMENT_TYPES } from "../../elements.ts";
import { ANY, type Known, type NodeLowering, type OnnxOperator, type Operand, operator } from "../../lowering.ts";
import { activated, binary, labelled, pair, parametric, plain } from "../elementwise.ts";

/** A function of numbers that are known before the network runs. */
function ofKnown(of: (number: number) => number): OnnxOperator {
  return operator([1, 1], {}, (node) => {
    node.numbers(0);
    return node.computed([node.input(0) as Known], node.input(0).kind, of);
  });
}

/** 1 where it holds, else 0. `swapped`: computed as the comparison of b with a. */
function comparison(name: string, of: (a: number, b: number) => boolean, swapped = false): OnnxOperator {
  return operator([2, 2], {}, (node) => {
    const [a, b] = [node.input(0), node.input(1)];
    if (swapped) return pair(node, [b, a], name, (one, other) => Number(of(other, one)), "boolean");
    return pair(node, [a, b], name, (one, other) => Number(of(one, other)), "boolean");
  });
}

const roundedToEven = (number: number): number => {
  const rounded = Math.round(number);
  return rounded - number === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
};

/** The remainder with the sign of the divisor, or with `fmod` that of the dividend. */
const Mod = operator([2, 2], { fmod: 0 }, (node) => {
  const [a, b] = [node.input(0), node.input(1)];
  const { fmod } = node.attributes;
  return (
    node.folded([a, b], a.kind, (one, other) => (fmod ? one % other : one - other * Math.floor(one / other))) ??
    node.refuse("input 0", "a result of the network", "a constant or what is computed from shapes")
  );
});

const Where = operator([3, 3], {}, (node) => {
  const [condition, a, b] = [node.input(0), node.input(1), node.input(2)];
  return (
    node.folded([condition, a, b], a.kind, (holds, one, other) => (holds ? one : other)) ??
    node.call("where", { condition, a, b })
  );
});

/** Slopes are aligned at the last axis, a vector too: here it would lie along the channels. */
const PRelu = operator([2, 2], {}, (node) => {
  const [x, slope] = [node.input(0), node.input(1)];
  const aligned = slope.shape.length === 1 && x.shape.length > 2 ? node.reshaped(slope, [1, slope.shape[0]!]) : slope;
  return node.call("prelu", { x, slope: aligned });
});

/** Exponents of floats may be integers. */
const Pow = operator([2, 2], {}, (node) => {
  const [a, b] = [node.input(0), node.input(1)];
  return pair(
    node,
    [a, a.kind === "integer" || !b.data ? b : labelled(b, a.kind)],
    "power",
    (one, other) => one ** other,
  );
});

const Mean = operator([1, ANY], {}, (node) => {
  const sum = node.inputs
    .map((_, at) => node.input(at))
    .reduce((a, b) => pair(node, [a, b], "add", (one, other) => one + other));
  const share = node.constant("float", [], [1 / node.inputs.length]);
  return pair(node, [sum, share], "multiply", (one, other) => one * other);
});

const Gelu = operator([1, 1], { approximate: ["none", "tanh"] }, (node) =>
  activated(node, node.input(0), { name: "gelu", approximate: node.attributes.approximate }),
);

/** |a - b|, of booleans. */
const Xor = operator([2, 2], {}, (node) => {
  const [a, b] = [node.input(0), node.input(1)];
  return (
    node.folded([a, b], "boolean", (one, other) => one ^ other) ??
    node.call("abs", { x: node.call("sub", { a, b }) }, {}, { kind: "boolean" })
  );
});

/** 1 - x, of booleans. */
function not(node: NodeLowering<unknown>, x: Operand): Operand {
  const activation = { name: "linear", alpha: -1, beta: 1 };
  return (
    node.folded([x], "boolean", (one) => Number(one === 0)) ??
    node.call("activate", { x }, { activation }, { kind: "boolean" })
  );
}

/** @param type its number in onnx.proto */
function cast(node: NodeLowering<unknown>, x: Operand, type: number | undefined): Operand {
  const target = ELEMENT_TYPES[type ?? 0] ?? node.refuse("to", `element type ${type}`, "a number or a boolean");
  const { kind, name, range } = target;
  if (x.kind === kind && kind !== "integer") return x;
  if (x.data) {
    const [least, most] = range ?? [-Infinity, Infinity];
    return node.computed([x as Known], kind, (number) => {
      if (kind === "boolean") return Number(number !== 0);
      const whole = kind === "integer" ? Math.trunc(number) : number;
      return whole >= least && whole <= most ? whole : range ? node.refuse("input 0", number, name) : whole;
    });
  }
  if (kind === "boolean" && x.kind !== "boolean")
    return not(node, node.call("equal", { a: x, b: node.constant("float", [], [0]) }, {}, { kind: "boolean" }));
  if (x.value?.dtype === "u32") {
    if (kind !== "integer") node.refuse("input 0", "indices on the GPU", "floats: indices are not cast to floats");
    return x;
  }
  if (kind === "integer" && (x.kind === "float" || x.kind === "double")) {
    const size = node.call("floor", { x: node.call("abs", { x }) });
    return node.call("multiply", { a: node.call("sign", { x }), b: size }, {}, { kind: "integer" });
  }
  return labelled(x, kind === "double" ? "float" : kind);
}

/** A function of one number. */
function unary(name: string, of?: (number: number) => number): OnnxOperator {
  return operator([1, 1], {}, (node) => {
    const x = node.input(0);
    return (of && node.folded([x], x.kind, of)) ?? node.call(name, { x });
  });
}

/** Of any number of tensors, one after the other. */
function variadic(name: string, of: (a: number, b: number) => number): OnnxOperator {
  return operator([1, ANY], {}, (node) =>
    node.inputs.map((_, at) => node.input(at)).reduce((a, b) => pair(node, [a, b], name, of)),
  );
}

/** The least and the greatest, NaN if one of them is. */
const least = (a: number, b: number): number => Math.min(a, b);
const greatest = (a: number, b: number): number => Math.max(a, b);

export const elementwise: Readonly<Record<string, OnnxOperator>> = {
  Abs: unary("abs", Math.abs),
  And: binary("multiply", (a, b) => a * b),
  Cast: operator([1, 1], { to: "number" }, (node) => cast(node, node.input(0), node.attributes.to)),
  Ceil: unary("ceil", Math.ceil),
  Celu: parametric("celu", { alpha: 1 }),
  Cos: ofKnown(Math.cos),
  Elu: parametric("elu", { alpha: 1 }),
  Equal: comparison("equal", (a, b) => a === b),
  Erf: unary("erf"),
  Exp: unary("exp", Math.exp),
  Floor: unary("floor", Math.floor),
  Gelu,
  Greater: comparison("greater", (a, b) => a > b),
  GreaterOrEqual: comparison("greaterOrEqual", (a, b) => a >= b),
  Less: comparison("greater", (a, b) => a < b, true),
  LessOrEqual: comparison("greaterOrEqual", (a, b) => a <= b, true),
  Log: unary("log", Math.log),
  Max: variadic("maximum", greatest),
  Mean,
  Min: variadic("minimum", least),
  Mish: plain("mish"),
  Mod,
  Neg: unary("negate", (number) => -number),
  Not: operator([1, 1], {}, (node) => not(node, node.input(0))),
  Or: binary("maximum", greatest),
  PRelu,
  Pow,
  Reciprocal: unary("reciprocal", (number) => 1 / number),
  Round: unary("round", roundedToEven),
  Selu: parametric("selu", { alpha: 1.6732631921768188, gamma: 1.0507010221481323 }),
  Shrink: parametric("shrink", { lambd: 0.5, bias: 0 }),
  Sign: unary("sign", Math.sign),
  Sin: ofKnown(Math.sin),
  Softplus: plain("softplus"),
  Softsign: plain("softsign"),
  Sqrt: unary("sqrt", Math.sqrt),
  Sum: variadic("add", (a, b) => a + b),
  ThresholdedRelu: parametric("thresholded-relu", { alpha: 1 }),
  Where,
  Xor,
};
