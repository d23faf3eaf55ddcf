// Recognises activations that a file spells out in arithmetic, so that one node computes each, or the convolution before it.
import type { Graph, Node, Value } from "../graph.ts";
import { scalarOf } from "./constants.ts";
import { activationOf } from "./layers.ts";
import { type Rewriting, merged, rewrite } from "./rewriting.ts";
import { linearNode, linearOf, productOf } from "./scalars.ts";

/** Recognises clamp, relu, leaky-relu, hard-sigmoid, hard-swish, silu, gelu in both forms, softplus, mish and linear. */
export function recogniseActivations(graph: Graph): Graph {
  return rewrite(graph, extremum, rectifier, bounded, hardSigmoid, leaky, logarithm, gated, chained);
}

/** Files round the numbers of formulas to their element types. */
function isClose(one: number, other: number, { dtype }: Value): boolean {
  return Math.abs(one - other) <= Math.abs(other) * (dtype === "f16" ? 2 ** -10 : 2 ** -20);
}

/** A node that applies an activation instead of `node`. */
function activated(node: Node, x: Value, activation: unknown, graph: Rewriting): readonly Value[] {
  return graph.add({ ...node, operator: "activate", inputs: { x }, options: { activation } });
}

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** The bounds between which a node moves its x. */
function boundsOf(node: Node | undefined): Bounds | undefined {
  if (node?.operator === "clamp") {
    const { min, max } = node.options as Partial<Bounds>;
    return { min: min ?? -Infinity, max: max ?? Infinity };
  }
  const name = node && activationOf(node)?.name;
  if (name === "relu") return { min: 0, max: Infinity };
  return name === "relu6" ? { min: 0, max: 6 } : undefined;
}

/** max(x, number) and min(x, number) are bounds. */
function extremum(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const { operator, inputs, outputs } = node;
  if (operator !== "maximum" && operator !== "minimum") return undefined;
  const [a, b] = [inputs["a"]!, inputs["b"]!];
  const right = scalarOf(b);
  const bound = right ?? scalarOf(a);
  const x = right === undefined ? b : a;
  if (bound === undefined || !Number.isFinite(bound) || x.shape.join() !== outputs[0]!.shape.join()) return undefined;
  return graph.add({
    ...node,
    ...{ operator: "clamp", inputs: { x }, options: { [operator === "maximum" ? "min" : "max"]: bound } },
  });
}

/** Bounds that are a rectifier's. */
function rectifier(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const bounds = node.operator === "clamp" ? boundsOf(node) : undefined;
  if (bounds?.min !== 0) return undefined;
  if (bounds.max !== Infinity && bounds.max !== 6) return undefined;
  return activated(node, node.inputs["x"]!, bounds.max === 6 ? "relu6" : "relu", graph);
}

/** Bounds of what already has bounds. */
function bounded(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const x = node.inputs["x"];
  const own = boundsOf(node);
  if (!own || !x || !graph.isReadOnce(x)) return undefined;
  const before = graph.maker(x);
  const inner = boundsOf(before);
  if (!before || !inner || inner.min > inner.max || own.min > own.max) return undefined;
  const moved = (value: number): number => Math.min(Math.max(value, own.min), own.max);
  const [min, max] = [moved(inner.min), moved(inner.max)];
  const options = { ...(min > -Infinity && { min }), ...(max < Infinity && { max }) };
  return graph.add(merged({ ...before, operator: "clamp", options }, node, {}));
}

/** s * min(max(alpha x + beta, 0), 1 / s). */
function hardSigmoid(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const whole = linearNode(node);
  const maker = whole && graph.isReadOnce(whole.x) ? graph.maker(whole.x) : undefined;
  const clamp = whole ? maker : node;
  const scale = whole?.alpha ?? 1;
  const bounds = clamp ? boundsOf(clamp) : undefined;
  if (!clamp || !bounds || (whole && whole.beta !== 0) || bounds.min !== 0) return undefined;
  if (!(scale > 0) || !isClose(bounds.max * scale, 1, node.outputs[0]!)) return undefined;
  const inner = clamp.inputs["x"]!;
  const { x, alpha, beta } = linearOf(inner, graph);
  if (x === inner || alpha === 0) return undefined;
  return activated(node, x, { name: "hard-sigmoid", alpha: alpha * scale, beta: beta * scale }, graph);
}

/** max(x, slope x), and one slope for all channels. */
function leaky(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const { operator, inputs } = node;
  if (operator === "prelu") {
    const slope = scalarOf(inputs["slope"]);
    if (slope === undefined) return undefined;
    return activated(node, inputs["x"]!, slope === 0 ? "relu" : { name: "leaky-relu", slope }, graph);
  }
  if (operator !== "maximum") return undefined;
  const { a, b } = inputs as { a: Value; b: Value };
  for (const [x, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const { x: from, alpha: slope, beta } = linearOf(other, graph, x);
    if (from === x && other !== x && beta === 0 && slope > 0 && slope < 1)
      return activated(node, x, { name: "leaky-relu", slope }, graph);
  }
  return undefined;
}

/** log(1 + exp(x)). */
function logarithm(node: Node, graph: Rewriting): readonly Value[] | undefined {
  if (node.operator !== "log") return undefined;
  const { x: power, alpha, beta } = linearOf(node.inputs["x"]!, graph);
  const maker = alpha === 1 && beta === 1 ? graph.maker(power) : undefined;
  return maker?.operator === "exp" ? activated(node, maker.inputs["x"]!, "softplus", graph) : undefined;
}

/** x times a function of x, and a number. */
function gated(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const product = productOf(node, graph);
  if (product?.factors.length !== 2) return undefined;
  const [one, other] = product.factors as [Value, Value];
  for (const [x, gate] of [
    [one, other],
    [other, one],
  ] as const) {
    const activation = activationOfGate(x, gate, product.scalar, graph);
    if (activation) return activated(node, x, activation, graph);
  }
  return undefined;
}

/** Two or more sums and products with numbers. */
function chained(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const last = linearNode(node);
  const before = last && graph.isReadOnce(last.x) ? graph.maker(last.x) : undefined;
  const first = before && linearNode(before);
  if (!first) return undefined;
  const [alpha, beta] = [last!.alpha * first.alpha, last!.alpha * first.beta + last!.beta];
  return activated(node, first.x, { name: "linear", alpha, beta }, graph);
}

/** The activation that is scalar * x * gate. */
function activationOfGate(x: Value, gate: Value, scalar: number, graph: Rewriting): unknown {
  const maker = graph.maker(gate);
  if (!maker) return undefined;
  const isOfX = (value: Value | undefined, alpha: number, beta: number): boolean => {
    const linear = value && linearOf(value, graph, x);
    return linear?.x === x && isClose(linear.alpha, alpha, x) && isClose(linear.beta, beta, x);
  };
  const argument = maker.inputs["x"];
  const activation = activationOf(maker);
  if (isClose(scalar, 1, x)) {
    if (activation?.name === "sigmoid" && argument === x) return "silu";
    if (activation?.name === "hard-sigmoid" && argument === x)
      return isClose(activation.parameter, 1 / 6, x) && isClose(activation.second, 1 / 2, x) ? "hard-swish" : undefined;
    const before = activation?.name === "tanh" && argument ? graph.maker(argument) : undefined;
    const softplus = before && activationOf(before);
    if (softplus?.name === "softplus" && softplus.parameter === 1 && before!.inputs["x"] === x) return "mish";
  }
  const bounds = boundsOf(maker);
  if (bounds?.min === 0 && bounds.max === 6 && isClose(scalar, 1 / 6, x) && isOfX(argument, 1, 3)) return "hard-swish";
  const { x: error, alpha, beta } = linearOf(gate, graph);
  const isHalf = isClose(alpha, beta, x) && isClose(scalar * alpha, 1 / 2, x);
  const of = isHalf ? graph.maker(error) : undefined;
  if (of?.operator === "erf") return isOfX(of.inputs["x"], Math.SQRT1_2, 0) ? "gelu" : undefined;
  const isTanh = of && activationOf(of)?.name === "tanh" && isCubic(of.inputs["x"]!, x, graph);
  return isTanh ? { name: "gelu", approximate: "tanh" } : undefined;
}

/** Whether a value is sqrt(2 / pi) (x + 0.044715 x^3). */
function isCubic(value: Value, x: Value, graph: Rewriting): boolean {
  const { x: sum, alpha, beta } = linearOf(value, graph);
  const { operator, inputs, options } = graph.maker(sum) ?? {};
  if (operator !== "add" || (options!["scale"] ?? 1) !== 1 || !isClose(alpha, Math.sqrt(2 / Math.PI), x) || beta !== 0)
    return false;
  const other = inputs!["a"] === x ? inputs!["b"]! : inputs!["b"] === x ? inputs!["a"]! : undefined;
  const cube = other && linearOf(other, graph);
  const maker = cube && graph.maker(cube.x);
  if (!maker || !isClose(cube.alpha, 0.044715, x) || cube.beta !== 0) return false;
  if (maker.operator === "power") return maker.inputs["a"] === x && scalarOf(maker.inputs["b"]) === 3;
  const { scalar, factors } = productOf(maker, graph) ?? { scalar: 0, factors: [] };
  return scalar === 1 && factors.length === 3 && factors.every((one) => one === x);
}
