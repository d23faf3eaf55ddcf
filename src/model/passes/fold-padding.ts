// Folds padding of the spatial axes into the convolution or pooling that reads the padded map.
import type { PadOptions } from "../../ops/pad/geometry.ts";
import { channelAxis } from "../../ops/shared/geometry/axis.ts";
import { resolvePadding } from "../../problem/padding.ts";
import { splitKernel, splitShape } from "../../problem/problem.ts";
import type { Graph, Node, Value } from "../graph.ts";
import { activationOf } from "./layers.ts";
import { type Rewriting, rewrite } from "./rewriting.ts";

type Pairs = [number, number][];

/** Folds `pad` into `conv`, `averagePool`, `sumPool` and `maxPool`. */
export function foldPadding(graph: Graph): Graph {
  return rewrite(graph, fold);
}

function fold(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const padded = node.inputs["x"];
  const pad = padded && graph.isReadOnce(padded) ? graph.maker(padded) : undefined;
  if (pad?.operator !== "pad") return undefined;
  const x = pad.inputs["x"]!;
  const options = optionsOf(node, pad, x, graph);
  if (!options) return undefined;
  return graph.add({
    ...node,
    inputs: { ...node.inputs, x },
    options: { ...node.options, ...options },
    merged: [pad.name, ...(pad.merged ?? []), ...(node.merged ?? [])],
  });
}

/** The options of the node on what was padded. */
function optionsOf(node: Node, pad: Node, x: Value, graph: Rewriting): Node["options"] | undefined {
  const { padding, paddingMode = "zeros", paddingValue = 0 } = pad.options as unknown as PadOptions;
  const pairs = padding as unknown as Pairs;
  if (x.shape.length < 3) return undefined;
  const channels = channelAxis(x.shape, x.layout);
  const own = pairs.filter((_, axis) => axis !== 0 && axis !== channels);
  if ([...pairs[0]!, ...pairs[channels]!].some((cells) => cells !== 0)) return undefined;
  const before = paddingOf(node);
  if (!before) return undefined;
  const isPlain = before.flat().every((cells) => cells === 0);
  const grows = [...own, ...before].flat().every((cells) => cells >= 0);
  const isZero = paddingMode === "zeros" && paddingValue === 0;
  const { options } = node;
  if (node.operator === "conv") {
    if (isPlain) return { padding: own, paddingMode, ...(paddingValue !== 0 && { paddingValue }) };
    const isAlike = (options["paddingMode"] ?? "zeros") === paddingMode;
    const sameValue = (options["paddingValue"] ?? 0) === paddingValue;
    return grows && paddingMode === "zeros" && isAlike && sameValue ? { padding: sum(own, before) } : undefined;
  }
  // Windows that the end cuts off are counted from the end of the padded map.
  if (!isZero || !grows || options["ceilMode"] === true) return undefined;
  switch (node.operator) {
    case "sumPool":
      return { padding: sum(own, before) };
    case "averagePool": {
      const counts = options["divisor"] !== undefined || (options["includePadding"] ?? true) === true;
      if (!counts && !isPlain) return undefined;
      return { padding: sum(own, before), ...(options["divisor"] === undefined && { includePadding: true }) };
    }
    case "maxPool":
      return isPlain && isNonNegative(x, graph) && reachesMap(node, own, x) ? { padding: own } : undefined;
    default:
      return undefined;
  }
}

/** The padding of a node as [begin, end] for each spatial axis; undefined if it is no window over a map. */
function paddingOf({ operator, inputs, options }: Node): Pairs | undefined {
  const { shape, layout } = inputs["x"]!;
  if (shape.length < 3) return undefined;
  const { spatial } = splitShape(shape, layout);
  const perAxis = (value: unknown): number[] =>
    Array.isArray(value) ? (value as number[]) : spatial.map(() => (value as number | undefined) ?? 1);
  const isConv = operator === "conv";
  if (!isConv && !["sumPool", "averagePool", "maxPool"].includes(operator)) return undefined;
  const kernel = isConv ? splitKernel(inputs["w"]!.shape, layout).spatial : perAxis(options["kernelSize"]);
  const stride = options["stride"] === undefined && !isConv ? kernel : perAxis(options["stride"]);
  return resolvePadding(options["padding"], spatial, kernel, stride, perAxis(options["dilation"]));
}

const sum = (one: Pairs, other: Pairs): Pairs =>
  one.map(([begin, end], axis) => [begin + other[axis]![0], end + other[axis]![1]]);

/** Whether zeros beyond the border are no larger than any cell. */
function isNonNegative(x: Value, graph: Rewriting): boolean {
  const maker = graph.maker(x);
  if (!maker) return false;
  const activation = maker.options["activation"];
  const own = activationOf(maker) ?? activation;
  const name = typeof own === "object" && own !== null ? (own as { name: unknown }).name : own;
  return ["relu", "relu6", "sigmoid", "hard-sigmoid"].includes(name as string);
}

/** Whether every window has a cell of the map: the largest of none is -Infinity, not 0. */
function reachesMap({ options }: Node, padding: Pairs, { shape, layout }: Value): boolean {
  const { spatial } = splitShape(shape, layout);
  const kernel = [options["kernelSize"]].flat() as number[];
  const undilated = [options["dilation"] ?? 1].flat().every((step) => step === 1);
  return (
    undilated &&
    spatial.every((cells, axis) => {
      const taps = kernel[kernel.length === 1 ? 0 : axis]!;
      return cells > 0 && padding[axis]!.every((pad) => pad < taps);
    })
  );
}
