// Operators that compute each element from those at its place: arithmetic and activations.
import type { ElementActivationOption } from "../../ops/shared/geometry/element-activation.ts";
import type { Kind } from "../elements.ts";
import { type NodeLowering, type OnnxOperator, type Operand, operator } from "../lowering.ts";

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

export const elementwise: Readonly<Record<string, OnnxOperator>> = {
  Add: binary("add", (a, b) => a + b),
  Clip,
  Div: binary("divide", (a, b) => a / b),
  HardSigmoid: parametric("hard-sigmoid", { alpha: 0.2, beta: 0.5 }),
  HardSwish: plain("hard-swish"),
  LeakyRelu: parametric("leaky-relu", { alpha: 0.01 }, { alpha: "slope" }),
  Mul: binary("multiply", (a, b) => a * b),
  Relu: plain("relu"),
  Sigmoid: plain("sigmoid"),
  Sub: binary("sub", (a, b) => a - b),
  Tanh: plain("tanh"),
};
