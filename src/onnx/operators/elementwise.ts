// Operators that compute each element from those at its place: arithmetic and activations.
import type { ElementActivationOption } from "../../ops/shared/geometry/element-activation.ts";
import type { Kind } from "../elements.ts";
import { ANY, type NodeLowering, type OnnxOperator, type Operand, operator } from "../lowering.ts";

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

/** The numbers as they are, as another kind. */
export const labelled = (x: Operand, kind: Kind): Operand => ({ ...x, kind });

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
