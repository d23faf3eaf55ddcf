// Drops nodes that change nothing.
import { describe } from "../../base/error.ts";
import { resolvePadding } from "../../problem/padding.ts";
import { splitShape } from "../../problem/problem.ts";
import type { Graph, Node, Value } from "../graph.ts";
import { scalarOf } from "./constants.ts";
import { activationOf } from "./layers.ts";
import { rewrite } from "./rewriting.ts";
import { linearNode } from "./scalars.ts";

/** Drops nodes whose result is their input. */
export function dropIdentities(graph: Graph): Graph {
  return rewrite(graph, identity);
}

function identity(node: Node): readonly Value[] | undefined {
  const same = unchangedBy(node);
  const [output] = node.outputs;
  if (!same || node.outputs.length !== 1 || describe(same.shape) !== describe(output!.shape)) return undefined;
  // Of maps, readers compare layouts: one under another layout stays.
  return same.layout === output!.layout || same.shape.length < 3 ? [same] : undefined;
}

/** The tensor that the first result of a node is, if it has its shape. */
function unchangedBy(node: Node): Value | undefined {
  const { operator, inputs, options } = node;
  const x = inputs["x"];
  if (!x) return unchangedOperand(node);
  switch (operator) {
    case "reshape":
    case "expand":
    case "split":
      return x;
    case "transpose": {
      const order = (options["permutation"] as number[] | undefined) ?? [...x.shape.keys()].toReversed();
      return order.every((axis, at) => axis === at) ? x : undefined;
    }
    case "pad":
      return (options["padding"] as [number, number][]).every(([begin, end]) => begin === 0 && end === 0)
        ? x
        : undefined;
    case "slice":
      return ((options["steps"] as number[] | undefined) ?? []).every((step) => step > 0) ? x : undefined;
    case "clamp":
      return (options["min"] ?? -Infinity) === -Infinity && (options["max"] ?? Infinity) === Infinity ? x : undefined;
    case "activate": {
      const { name, parameter, second } = activationOf(node)!;
      return name === "linear" && parameter === 1 && second === 0 ? x : undefined;
    }
    case "resize":
    case "upsample":
      return isUnscaled(node) ? x : undefined;
    case "maxPool":
    case "averagePool":
    case "sumPool":
      return isOneCell(node, x) ? x : undefined;
    case "reduceSum":
    case "reduceMean":
    case "reduceMax":
    case "reduceMin":
    case "reduceProduct":
    case "globalAveragePool":
    case "globalMaxPool":
      return x;
    default:
      return undefined;
  }
}

/** Of sums with 0, products with 1, and lists of one. */
function unchangedOperand(node: Node): Value | undefined {
  const { operator, inputs } = node;
  if (operator === "concatenate") return Object.keys(inputs).length === 1 ? inputs["0"] : undefined;
  if (operator === "power") return scalarOf(inputs["b"]) === 1 ? inputs["a"] : undefined;
  const linear = linearNode(node);
  return linear?.alpha === 1 && linear.beta === 0 ? linear.x : undefined;
}

/** Whether places of the result are those of x. */
function isUnscaled({ options }: Node): boolean {
  const { scale, outputSize, coordinates } = options;
  if (coordinates === "tf-crop-and-resize") return false;
  return outputSize !== undefined || [scale].flat().every((factor) => factor === 1);
}

/** Whether each window is one cell of x. */
function isOneCell({ options }: Node, { shape, layout }: Value): boolean {
  const { spatial } = splitShape(shape, layout);
  const ones = spatial.map(() => 1);
  const isUnit = (option: unknown): boolean => [option].flat().every((size) => size === 1);
  return (
    isUnit(options["kernelSize"]) &&
    isUnit(options["stride"] ?? 1) &&
    resolvePadding(options["padding"], spatial, ones, ones, ones)
      .flat()
      .every((pad) => pad === 0) &&
    (options["divisor"] ?? 1) === 1
  );
}
