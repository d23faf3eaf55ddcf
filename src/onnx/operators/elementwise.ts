// Operators that compute each element from those at its place: arithmetic, comparisons, logic, casts and activations.
import type { ElementActivationOption } from "../../ops/shared/geometry/element-activation.ts";
import { ELEMENT_TYPES, type Kind } from "../elements.ts";
import { ANY, type Known, type NodeLowering, type OnnxOperator, type Operand, operator } from "../lowering.ts";

/** A function of one number. */
export function unary(name: string, of?: (number: number) => number): OnnxOperator {
  return operator([1, 1], {}, (node) => {
    const x = node.input(0);
    return (of && node.folded([x], x.kind, of)) ?? node.call(name, { x });
  });
}

/** The arguments a and b of an operator of two tensors, known ones computed on the CPU. */
export function pair(
  node: NodeLowering<unknown>,
  [a, b]: readonly [Operand, Operand],
  name: string,
  of: (a: number, b: number) => number,
  kind: Kind = a.kind,
): Operand {
  return (
    node.folded([a, b], kind, kind === "integer" && name === "divide" ? truncated(of) : of) ??
    node.call(name, { a, b }, {}, { kind })
  );
}

/** A quotient of integers in C. */
const truncated =
  (of: (a: number, b: number) => number) =>
  (a: number, b: number): number =>
    Math.trunc(of(a, b));

export function binary(name: string, of: (a: number, b: number) => number): OnnxOperator {
  return operator([2, 2], {}, (node) => pair(node, [node.input(0), node.input(1)], name, of));
}

/** Of any number of tensors, one after the other. */
export function variadic(name: string, of: (a: number, b: number) => number): OnnxOperator {
  return operator([1, ANY], {}, (node) =>
    node.inputs.map((_, at) => node.input(at)).reduce((a, b) => pair(node, [a, b], name, of)),
  );
}

export const activated = (node: NodeLowering<unknown>, x: Operand, activation: ElementActivationOption): Operand =>
  node.call("activate", { x }, { activation });

/** An activation without attributes. */
export function plain(activation: ElementActivationOption): OnnxOperator {
  return operator([1, 1], {}, (node) => activated(node, node.input(0), activation));
}

/** An activation whose parameters are attributes, under the names that they have here. */
export function parametric(
  name: string,
  attributes: Readonly<Record<string, number>>,
  names: Readonly<Record<string, string>> = {},
): OnnxOperator {
  return operator([1, 1], attributes, (node) => {
    const parameters = Object.entries<number>(node.attributes).map(([key, value]) => [names[key] ?? key, value]);
    const activation = { name, ...Object.fromEntries(parameters) } as ElementActivationOption;
    return activated(node, node.input(0), activation);
  });
}

/** 1 - x, of booleans. */
export function not(node: NodeLowering<unknown>, x: Operand): Operand {
  const activation = { name: "linear", alpha: -1, beta: 1 };
  return (
    node.folded([x], "boolean", (one) => Number(one === 0)) ??
    node.call("activate", { x }, { activation }, { kind: "boolean" })
  );
}

/** The numbers as they are, as another kind. */
export const labelled = (x: Operand, kind: Kind): Operand => ({ ...x, kind });

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
      return whole >= least && whole <= most ? whole : range ? node.refuse("input 0", `${number}`, name) : whole;
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

/** The most that float32 has, which stood for no bound before Clip had inputs. */
const MOST = 3.4028234663852886e38;

const Clip = operator([1, 3], { min: -MOST, max: MOST }, (node) => {
  const x = node.input(0);
  const bounds = [1, 2].map((at) => {
    const bound = node.inputs[at];
    return bound?.data ? bound.data[0] : bound;
  });
  const [min = node.attributes.min, max = node.attributes.max] = bounds;
  if (typeof min === "number" && typeof max === "number") {
    return (
      node.folded([x], x.kind, (number) => Math.min(Math.max(number, min), max)) ??
      node.call("clamp", { x }, { ...(min > -MOST && { min }), ...(max < MOST && { max }) })
    );
  }
  const bound = (value: number | Operand): Operand =>
    typeof value === "number" ? node.constant("float", [], [value]) : value;
  return node.call("minimum", { a: node.call("maximum", { a: x, b: bound(min) }), b: bound(max) });
});

/** The least and the greatest, NaN if one of them is. */
export const least = (a: number, b: number): number => Math.min(a, b);
export const greatest = (a: number, b: number): number => Math.max(a, b);

export const elementwise: Readonly<Record<string, OnnxOperator>> = {
  Abs: unary("abs", Math.abs),
  Add: binary("add", (a, b) => a + b),
  Cast: operator([1, 1], { to: "number" }, (node) => cast(node, node.input(0), node.attributes.to)),
  Ceil: unary("ceil", Math.ceil),
  Clip,
  Div: binary("divide", (a, b) => a / b),
  Elu: parametric("elu", { alpha: 1 }),
  Exp: unary("exp", Math.exp),
  Floor: unary("floor", Math.floor),
  HardSigmoid: parametric("hard-sigmoid", { alpha: 0.2, beta: 0.5 }),
  HardSwish: plain("hard-swish"),
  LeakyRelu: parametric("leaky-relu", { alpha: 0.01 }, { alpha: "slope" }),
  Max: variadic("maximum", greatest),
  Min: variadic("minimum", least),
  Mul: binary("multiply", (a, b) => a * b),
  Neg: unary("negate", (number) => -number),
  Relu: plain("relu"),
  Sigmoid: plain("sigmoid"),
  Softplus: plain("softplus"),
  Sqrt: unary("sqrt", Math.sqrt),
  Sub: binary("sub", (a, b) => a - b),
  Sum: variadic("add", (a, b) => a + b),
  Tanh: plain("tanh"),
};
