// Chains of sums and products with numbers: alpha * x + beta.
import { checkElementActivation } from "../../ops/shared/geometry/element-activation.ts";
import type { Node, Value } from "../graph.ts";
import { scalarOf } from "./constants.ts";
import type { Rewriting } from "./rewriting.ts";

/** alpha * x + beta. */
export interface Linear {
  readonly x: Value;
  readonly alpha: number;
  readonly beta: number;
}

const sameShape = (one: Value, other: Value): boolean => one.shape.join() === other.shape.join();

/** The function of one tensor that a node computes, if it is linear with one factor and one summand for all elements. */
export function linearNode({ operator, inputs, options, outputs }: Node): Linear | undefined {
  const { x, a, b } = inputs;
  const found = ((): Linear | undefined => {
    if (operator === "negate") return { x: x!, alpha: -1, beta: 0 };
    if (operator === "activate") {
      const { name, parameter, second } = checkElementActivation("activation", options["activation"]);
      return name === "linear" ? { x: x!, alpha: parameter, beta: second } : undefined;
    }
    if (!a || !b) return undefined;
    const [left, right] = [scalarOf(a), scalarOf(b)];
    if (operator === "multiply" && right !== undefined) return { x: a, alpha: right, beta: 0 };
    if (operator === "multiply" && left !== undefined) return { x: b, alpha: left, beta: 0 };
    if (operator === "divide" && right !== undefined && right !== 0) return { x: a, alpha: 1 / right, beta: 0 };
    if ((operator !== "add" && operator !== "sub") || options["activation"] !== undefined) return undefined;
    const scale = ((options["scale"] as number | undefined) ?? 1) * (operator === "sub" ? -1 : 1);
    if (right !== undefined) return { x: a, alpha: 1, beta: scale * right };
    return left === undefined ? undefined : { x: b, alpha: scale, beta: left };
  })();
  return found && sameShape(found.x, outputs[0]!) ? found : undefined;
}

/** Most nodes that a search goes back. */
const MOST_STEPS = 4;

/**
 * A value as a linear function of one that lies before it: of `until`, or else of the first that others read as well or that is computed in
 * another way.
 */
export function linearOf(value: Value, graph: Rewriting, until?: Value): Linear {
  let found: Linear = { x: value, alpha: 1, beta: 0 };
  for (let step = 0; step < MOST_STEPS && found.x !== until; step++) {
    const maker = step === 0 || graph.isReadOnce(found.x) ? graph.maker(found.x) : undefined;
    const before = maker && linearNode(maker);
    if (!before) break;
    found = {
      x: before.x,
      alpha: found.alpha * before.alpha,
      beta: found.alpha * before.beta + found.beta,
    };
  }
  return found;
}

/** Factors of a product of up to two tensors, and a number. */
export interface Product {
  readonly scalar: number;
  readonly factors: readonly Value[];
}

/** The product that a node computes, with what it multiplies in turn, if nothing else reads that. */
export function productOf(node: Node, graph: Rewriting, steps = MOST_STEPS): Product | undefined {
  const linear = linearNode(node);
  if (linear) return linear.beta === 0 ? scaled(factorsOf(linear.x, graph, steps - 1), linear.alpha) : undefined;
  const { a, b } = node.inputs;
  if (node.operator !== "multiply" || !a || !b || !sameShape(a, b)) return undefined;
  const [left, right] = [factorsOf(a, graph, steps - 1), factorsOf(b, graph, steps - 1)];
  return { scalar: left.scalar * right.scalar, factors: [...left.factors, ...right.factors] };
}

function factorsOf(value: Value, graph: Rewriting, steps: number): Product {
  const maker = steps > 0 && graph.isReadOnce(value) ? graph.maker(value) : undefined;
  return (maker && productOf(maker, graph, steps)) ?? { scalar: 1, factors: [value] };
}

const scaled = ({ scalar, factors }: Product, by: number): Product => ({ scalar: scalar * by, factors });
