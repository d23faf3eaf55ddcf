// Reach: which cells of its inputs each cell of a node's result depends on, axis by axis. Tiles of a picture follow from it.
import { pick } from "../base/pick.ts";
import { resamplingOf, upsamplingOf } from "../ops/resize/geometry.ts";
import { axesOf, axisOf, channelAxis } from "../ops/shared/geometry/axis.ts";
import { mapOfShape } from "../ops/shared/geometry/feature-map.ts";
import { checkAxes } from "../ops/shared/geometry/normalisation.ts";
import { type WindowOptions, windowsOf } from "../ops/shared/geometry/windows.ts";
import { resolvePadding } from "../problem/padding.ts";
import { GEOMETRY_KEYS, splitKernel, splitShape } from "../problem/problem.ts";
import { type TransposedDescriptor, transposedProblem } from "../problem/transposed.ts";
import type { Node, Value } from "./graph.ts";

/**
 * The cells along an axis of an input that a cell i of the result depends on: from floor((i * step + begin) / per) to
 * floor((i * step + end) / per), both included, where the input has them.
 */
export interface AxisReach {
  /** The axis of the input. */
  readonly axis: number;
  readonly step: number;
  readonly per: number;
  readonly begin: number;
  readonly end: number;
}

/** For each axis of the result, the reach along the axis of the input that it follows; undefined if each cell may depend on all of the input. */
export type Reach = readonly (AxisReach | undefined)[];

type ReachOf = (node: Node, name: string) => Reach;

const sameCell = (axis: number): AxisReach => ({ axis, step: 1, per: 1, begin: 0, end: 0 });

/** Each cell depends on that of the same place, and along `whole` axes on all. */
function sameCells({ shape }: Value, ...whole: readonly number[]): Reach {
  return shape.map((_, axis) => (whole.includes(axis) ? undefined : sameCell(axis)));
}

const x = ({ inputs }: Node): Value => inputs["x"]!;

/** Operands that are broadcast over each other. */
const broadcast: ReachOf = ({ inputs, outputs }, name) => {
  const { shape } = inputs[name]!;
  const missing = outputs[0]!.shape.length - shape.length;
  return outputs[0]!.shape.map((size, at) => {
    const axis = at - missing;
    return axis >= 0 && shape[axis] === size ? sameCell(axis) : undefined;
  });
};

const pointwise: ReachOf = (node, name) => (name === "x" ? sameCells(x(node)) : []);

/** A map, with a reach for each spatial axis. */
function spatial({ shape, layout }: Value, along: (spatialAxis: number) => Omit<AxisReach, "axis"> | undefined): Reach {
  const channels = channelAxis(shape, layout);
  let at = 0;
  return shape.map((_, axis) => {
    if (axis === 0) return sameCell(0);
    if (axis === channels) return undefined;
    const reach = along(at++);
    return reach && { axis, ...reach };
  });
}

const perAxis = (value: unknown, rank: number): number[] =>
  Array.isArray(value) ? (value as number[]) : Array.from({ length: rank }, () => (value as number | undefined) ?? 1);

const conv: ReachOf = (node, name) => {
  if (name === "residual") return sameCells(node.inputs[name]!);
  if (name !== "x") return [];
  const { shape, layout } = x(node);
  const { spatial: size } = splitShape(shape, layout);
  const { spatial: kernel } = splitKernel(node.inputs["w"]!.shape, layout);
  const { padding, paddingMode } = node.options;
  const [stride, dilation] = [
    perAxis(node.options["stride"], size.length),
    perAxis(node.options["dilation"], size.length),
  ];
  const pads = resolvePadding(padding, size, kernel, stride, dilation);
  return spatial(x(node), (axis) => {
    const [first, last] = pads[axis]!;
    if (paddingMode === "circular" && (first > 0 || last > 0)) return undefined;
    return { step: stride[axis]!, per: 1, begin: -first, end: (kernel[axis]! - 1) * dilation[axis]! - first };
  });
};

/** Output i is computed from the inputs j for which i = j * stride + tap * dilation - padding. */
const convTranspose: ReachOf = (node, name) => {
  if (name === "residual") return sameCells(node.inputs[name]!);
  if (name !== "x") return [];
  const { shape, layout } = x(node);
  const keys = [...GEOMETRY_KEYS, "outputPadding", "outputShape"];
  const options = pick(node.options, keys) as Partial<TransposedDescriptor>;
  const problem = transposedProblem({ ...options, layout, inputShape: shape, kernelShape: node.inputs["w"]!.shape });
  const unused = 3 - problem.rank;
  return spatial(x(node), (axis) => {
    const at = axis + unused;
    const [begin, stride] = [problem.padBegin[at]!, problem.stride[at]!];
    const extent = (problem.kernel[at]! - 1) * problem.dilation[at]!;
    // The first is rounded up: what lies before it contributes nothing.
    return { step: 1, per: stride, begin: begin - extent + stride - 1, end: begin };
  });
};

const pool: ReachOf = (node) => {
  const { shape, layout } = x(node);
  const map = mapOfShape("x", shape, layout);
  const windows = windowsOf(map, node.options as unknown as WindowOptions, true);
  const unused = 3 - map.rank;
  return spatial(x(node), (axis) => {
    const at = axis + unused;
    const begin = -windows.padBegin[at]!;
    const end = begin + (windows.kernel[at]! - 1) * windows.dilation[at]!;
    return { step: windows.stride[at]!, per: 1, begin, end };
  });
};

const resized: ReachOf = (node) => {
  const { shape, layout } = x(node);
  const map = mapOfShape("x", shape, layout);
  const { options, operator } = node;
  // Places that follow from the size of the map.
  const follows = ["align-corners", "half-pixel-symmetric", "tf-crop-and-resize"].includes(
    options["coordinates"] as string,
  );
  if (follows || options["alignCorners"] === true) return spatial(x(node), () => undefined);
  const { axes, before } = operator === "upsample" ? upsamplingOf(map, options) : resamplingOf(map, options);
  return spatial(x(node), (axis) => {
    const { line, first, taps, dilation } = axes[axis + 3 - map.rank]!;
    const [base, step, per] = [Number(line.base), Number(line.step), Number(line.unit)];
    const begin = base + (before ? first - 1 : first) * per;
    return { ...reduced(step, per, begin, base + (first + (taps - 1) * dilation) * per) };
  });
};

/** A reach in the smallest whole numbers. */
function reduced(step: number, per: number, begin: number, end: number): Omit<AxisReach, "axis"> {
  for (let by = Math.min(step, per); by > 1; by--)
    if ([step, per, begin, end].every((value) => value % by === 0))
      return { step: step / by, per: per / by, begin: begin / by, end: end / by };
  return { step, per, begin, end };
}

const factorOf = ({ options, inputs }: Node): number[] => perAxis(options["factor"], inputs["x"]!.shape.length - 2);

const pixelShuffle: ReachOf = (node) =>
  spatial(x(node), (axis) => ({ step: 1, per: factorOf(node)[axis]!, begin: 0, end: 0 }));

const pixelUnshuffle: ReachOf = (node) =>
  spatial(x(node), (axis) => ({ step: factorOf(node)[axis]!, per: 1, begin: 0, end: factorOf(node)[axis]! - 1 }));

const alongChannels: ReachOf = (node) => sameCells(x(node), channelAxis(x(node).shape, x(node).layout));

const alongAxis: ReachOf = (node) => sameCells(x(node), axisOf(node.options["axis"], x(node).shape, x(node).layout));

const joined: ReachOf = ({ inputs, options }, name) => {
  const { shape, layout } = inputs[name]!;
  return sameCells(inputs[name]!, axisOf(options["axis"], shape, layout));
};

const layerNorm: ReachOf = (node, name) =>
  name === "x" ? sameCells(x(node), ...checkAxes(x(node), node.options["axes"])) : [];

/** Of each image. */
const perImage: ReachOf = (_, name) => (name === "x" ? [sameCell(0)] : []);

const reduction: ReachOf = (node) => {
  const { shape } = x(node);
  const axes = axesOf(node.options["axes"] ?? [...shape.keys()], shape.length);
  const cells = sameCells(x(node), ...axes);
  return node.options["keepDimensions"] === true ? cells : cells.filter((_, axis) => !axes.includes(axis));
};

const best: ReachOf = (node) => {
  const axis = axisOf(node.options["axis"] ?? 0, x(node).shape, x(node).layout);
  const cells = sameCells(x(node), axis);
  return node.outputs[0]!.shape.length === cells.length ? cells : cells.filter((_, at) => at !== axis);
};

const padded: ReachOf = ({ options }) =>
  (options["padding"] as [number, number][]).map(([begin, end], axis) => {
    if (options["paddingMode"] === "circular" && (begin > 0 || end > 0)) return undefined;
    return { axis, step: 1, per: 1, begin: -begin, end: -begin };
  });

const sliced: ReachOf = (node) => {
  const { starts, steps, axes } = node.options as { starts: number[]; steps?: number[]; axes?: number[] };
  const { shape } = x(node);
  const along = axesOf(axes ?? [...starts.keys()], shape.length);
  return shape.map((_, axis) => {
    const at = along.indexOf(axis);
    if (at < 0) return sameCell(axis);
    const [start, step] = [starts[at]!, steps?.[at] ?? 1];
    return start < 0 || step < 0 ? undefined : { axis, step, per: 1, begin: start, end: start };
  });
};

const transposed: ReachOf = (node) => {
  const order = (node.options["permutation"] as number[] | undefined) ?? [...x(node).shape.keys()].toReversed();
  return order.map(sameCell);
};

/** Leading and trailing axes that both shapes have are the same axes. */
const reshaped: ReachOf = (node) => {
  const [from, to] = [x(node).shape, node.outputs[0]!.shape];
  const most = Math.min(from.length, to.length);
  let leading = 0;
  while (leading < most && from[leading] === to[leading]) leading++;
  let trailing = 0;
  while (trailing < most - leading && from.at(-1 - trailing) === to.at(-1 - trailing)) trailing++;
  return to.map((_, axis) => {
    if (axis < leading) return sameCell(axis);
    return axis >= to.length - trailing ? sameCell(axis + from.length - to.length) : undefined;
  });
};

const rows: ReachOf = (_, name) => (name === "x" ? [sameCell(0)] : []);

function each<Name extends string>(reach: ReachOf, ...names: readonly Name[]): Record<Name, ReachOf> {
  return Object.fromEntries(names.map((name) => [name, reach])) as Record<Name, ReachOf>;
}

const REACHES: Readonly<Record<string, ReachOf>> = {
  ...{ conv, convTranspose, layerNorm, pixelShuffle, pixelUnshuffle },
  ...each(broadcast, "add", "sub", "multiply", "divide", "power", "minimum", "maximum"),
  ...each(broadcast, "equal", "greater", "greaterOrEqual", "where", "expand", "prelu"),
  ...each(pointwise, "abs", "ceil", "erf", "exp", "floor", "log", "negate", "reciprocal", "round", "sign", "sqrt"),
  ...each(pointwise, "activate", "clamp", "batchNorm"),
  ...each(pool, "averagePool", "maxPool", "sumPool", "lpPool"),
  ...each(resized, "resize", "upsample"),
  ...each(alongChannels, "localResponseNorm", "channelShuffle"),
  ...each(alongAxis, "softmax", "logSoftmax", "lpNormalize", "split"),
  ...each(perImage, "instanceNorm", "groupNorm", "globalAveragePool", "globalMaxPool", "flatten"),
  ...each(reduction, "reduceSum", "reduceMean", "reduceMax", "reduceMin", "reduceProduct", "reduceL1", "reduceL2"),
  ...each(reduction, "reduceLogSum", "reduceLogSumExp", "reduceSumSquare"),
  ...each(best, "argMax", "argMin"),
  concatenate: joined,
  linear: rows,
  pad: padded,
  reshape: reshaped,
  slice: sliced,
  transpose: transposed,
};

/** The reach of all results of a node along the axes of one of its inputs. */
export function reachOf(node: Node, name: string): Reach {
  return REACHES[node.operator]?.(node, name) ?? [];
}
