// Joins transposes and reshapes that follow each other, and turns transposes that move no element into reshapes, which cost nothing.
import { describe } from "../../base/error.ts";
import type { Graph, Node, Value } from "../graph.ts";
import { type Rewriting, rewrite } from "./rewriting.ts";

export function joinMoves(graph: Graph): Graph {
  return rewrite(graph, joinTransposes, withoutMove, joinReshapes);
}

/** The order of axes of a transpose: axis i of the result is axis order[i] of x. */
export function orderOf({ inputs, options }: Node): readonly number[] {
  return (options["permutation"] as readonly number[] | undefined) ?? [...inputs["x"]!.shape.keys()].toReversed();
}

/** Whether a transpose of a shape leaves all elements where they are: only axes of size 1 move. */
export function movesNothing(shape: readonly number[], order: readonly number[]): boolean {
  const moved = order.filter((axis) => shape[axis] !== 1);
  return moved.every((axis, at) => at === 0 || axis > moved[at - 1]!);
}

function joinTransposes(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const before = node.operator === "transpose" ? graph.maker(node.inputs["x"]!) : undefined;
  if (before?.operator !== "transpose") return undefined;
  const inner = orderOf(before);
  const permutation = orderOf(node).map((axis) => inner[axis]!);
  const { layout } = node.outputs[0]!;
  const joined = { ...node, inputs: before.inputs, options: { permutation, layout } };
  return withoutMove(joined, graph) ?? graph.add(joined);
}

function withoutMove(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const x = node.operator === "transpose" ? node.inputs["x"]! : undefined;
  if (!x || !movesNothing(x.shape, orderOf(node))) return undefined;
  const [{ shape, layout }] = node.outputs as [Value];
  if (describe(shape) === describe(x.shape) && layout === x.layout) return [x];
  return graph.add({ ...node, operator: "reshape", options: { shape, layout } });
}

function joinReshapes(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const before = node.operator === "reshape" ? graph.maker(node.inputs["x"]!) : undefined;
  if (before?.operator !== "reshape") return undefined;
  const [{ shape, layout }] = node.outputs as [Value];
  return graph.add({ ...node, inputs: before.inputs, options: { shape, layout } });
}
