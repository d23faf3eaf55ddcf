// How nodes are changed to compute the same on maps with their axes in another order.
import { slopesBeside } from "../../ops/prelu/geometry.ts";
import { axesOf, axisOf } from "../../ops/shared/geometry/axis.ts";
import { aligned } from "../../ops/shared/geometry/broadcast.ts";
import type { Layout } from "../../problem/problem.ts";
import type { Node, Value } from "../graph.ts";
import { type Constant, isConstant } from "./constants.ts";

/** For each axis of the result, the axis that it was. */
export type Order = readonly number[];

/** Changes constants and options for maps in another order of axes. */
interface Move {
  readonly order: Order;
  /** The layout of the moved maps. */
  readonly layout: Layout;
  /** A constant in another shape, with its axes in another order. */
  readonly constant: (value: Constant, shape: readonly number[], order: Order) => Value;
}

export interface Movable {
  /** The inputs that are maps; all others are constants. */
  readonly maps: readonly string[];
  /** Whether it reads the layout of its maps. */
  readonly hasLayout: boolean;
  readonly moved: (move: Move) => Pick<Node, "options"> & { readonly constants?: Readonly<Record<string, Value>> };
}

export const inverse = (order: Order): number[] => order.map((_, axis) => order.indexOf(axis));

/** The order that takes maps from one layout to the other. */
export function orderFrom(layout: Layout, rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return layout === "channels-first" ? [0, ...axes.slice(2), 1] : [0, rank - 1, ...axes.slice(1, -1)];
}

/** The same for weights. */
function weightsOrderFrom(layout: Layout, rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return layout === "channels-first" ? [...axes.slice(2), 1, 0] : [rank - 1, rank - 2, ...axes.slice(0, -2)];
}

const WITH_LAYOUT = [
  ...["averagePool", "maxPool", "sumPool", "lpPool", "adaptiveAveragePool", "adaptiveMaxPool"],
  ...["globalAveragePool", "globalMaxPool", "resize", "upsample", "pixelShuffle", "pixelUnshuffle", "channelShuffle"],
  ...["localResponseNorm", "instanceNorm", "groupNorm"],
];
const POINTWISE = [
  ...["activate", "clamp", "abs", "ceil", "erf", "exp", "floor", "log"],
  ...["negate", "reciprocal", "round", "sign", "sqrt"],
];
const BROADCAST = [
  ...["add", "sub", "multiply", "divide", "power", "minimum", "maximum"],
  ...["equal", "greater", "greaterOrEqual", "where"],
];
const ALONG_AXIS = ["softmax", "logSoftmax", "lpNormalize", "split"];
const REDUCTIONS = ["reduceSum", "reduceMean", "reduceMax", "reduceMin", "reduceProduct", "reduceL1", "reduceL2"];

/** How a node can be moved, if it can. */
export function movableOf(node: Node): Movable | undefined {
  const { operator, inputs, options, outputs } = node;
  const { x } = inputs;
  const rank = outputs[0]!.shape.length;
  const named = Object.entries(inputs);
  const isMap = (value: Value): boolean => !isConstant(value) && value.shape.length === rank;
  const same = (): { options: Node["options"] } => ({ options });
  if (operator === "conv" || operator === "convTranspose") return weighted(node);
  if (BROADCAST.includes(operator)) return broadcast(node);
  if (operator === "concatenate") {
    if (!named.some(([, value]) => isMap(value)) || named.some(([, value]) => value.shape.length !== rank))
      return undefined;
    const axis = axisOf(options["axis"], inputs["0"]!.shape, inputs["0"]!.layout);
    const constants = named.filter(([, value]) => isConstant(value)) as [string, Constant][];
    return {
      maps: named.filter(([, value]) => isMap(value)).map(([name]) => name),
      hasLayout: false,
      moved: ({ order, constant }) => ({
        options: { axis: order.indexOf(axis) },
        constants: Object.fromEntries(constants.map(([name, value]) => [name, constant(value, value.shape, order)])),
      }),
    };
  }
  if (!x || !isMap(x)) return undefined;
  const only = (hasLayout: boolean, moved: Movable["moved"]): Movable => ({ maps: ["x"], hasLayout, moved });
  if (operator === "batchNorm") {
    if (named.some(([name, value]) => name !== "x" && !isConstant(value))) return undefined;
    const axis = axisOf(options["axis"], x.shape, x.layout);
    return only(false, ({ order }) => ({ options: { ...options, axis: order.indexOf(axis) } }));
  }
  if (operator === "prelu") {
    const { slope } = inputs;
    if (!isConstant(slope)) return undefined;
    const beside = aligned(slopesBeside(slope.shape, x.shape, x.layout), rank);
    return only(false, ({ order, constant }) => ({ options, constants: { slope: constant(slope, beside, order) } }));
  }
  // Scales and biases of channels are the same in both layouts.
  if (WITH_LAYOUT.includes(operator) && named.every(([name, value]) => name === "x" || isConstant(value)))
    return only(true, same);
  if (named.length !== 1) return undefined;
  if (POINTWISE.includes(operator)) return only(false, same);
  if (ALONG_AXIS.includes(operator)) {
    const axis = axisOf(options["axis"], x.shape, x.layout);
    return only(false, ({ order }) => ({ options: { ...options, axis: order.indexOf(axis) } }));
  }
  if (operator === "pad") {
    const padding = options["padding"] as readonly unknown[];
    return only(false, ({ order }) => ({ options: { ...options, padding: order.map((axis) => padding[axis]) } }));
  }
  const along = (axes: unknown): number[] => axesOf(axes, rank);
  if (operator === "slice") {
    const axes = along(options["axes"] ?? [...(options["starts"] as number[]).keys()]);
    return only(false, ({ order }) => ({ options: { ...options, axes: axes.map((axis) => order.indexOf(axis)) } }));
  }
  if (REDUCTIONS.includes(operator) && options["keepDimensions"] === true) {
    const axes = along(options["axes"] ?? [...x.shape.keys()]);
    return only(false, ({ order }) => ({ options: { ...options, axes: axes.map((axis) => order.indexOf(axis)) } }));
  }
  return undefined;
}

function weighted({ inputs, options }: Node): Movable | undefined {
  const { x, w, residual, bias } = inputs;
  if (!x || !isConstant(w) || isConstant(x) || (bias && !isConstant(bias)) || isConstant(residual)) return undefined;
  const order = weightsOrderFrom(x.layout, w.shape.length);
  return {
    maps: residual ? ["x", "residual"] : ["x"],
    hasLayout: true,
    moved: ({ constant }) => ({ options, constants: { w: constant(w, w.shape, order) } }),
  };
}

function broadcast({ inputs, options, outputs }: Node): Movable | undefined {
  const rank = outputs[0]!.shape.length;
  const named = Object.entries(inputs);
  const constants = named.filter((entry): entry is [string, Constant] => isConstant(entry[1]));
  const maps = named.filter(([, value]) => !isConstant(value));
  if (maps.length === 0 || maps.some(([, { shape }]) => shape.length !== rank)) return undefined;
  return {
    maps: maps.map(([name]) => name),
    hasLayout: false,
    moved: ({ order, constant }) => ({
      options,
      constants: Object.fromEntries(
        constants.map(([name, value]) => [
          name,
          // A scalar is broadcast in any order.
          value.shape.length === 0 ? value : constant(value, aligned(value.shape, rank), order),
        ]),
      ),
    }),
  };
}
