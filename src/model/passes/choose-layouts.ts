// Chooses the order of axes in which parts of a graph run, so that fewer elements are moved. Files that were converted from one layout to another
// are full of transposes: where a part of the graph can run on maps with their axes in the other order, the transposes around it cancel.
//
// Part: nodes that read each other's results and compute the same whatever the order of axes, if their options, constants and the layouts of their
// maps follow. A part that has convolutions or pools runs in one of the two layouts; one of element-wise nodes, concatenations and reductions in
// any order. Moving a part inserts transposes at its border, which joinMoves joins with those that stand there.
import { elementCount } from "../../base/shape.ts";
import { slopesBeside } from "../../ops/prelu/geometry.ts";
import { axesOf, axisOf } from "../../ops/shared/geometry/axis.ts";
import { aligned } from "../../ops/shared/geometry/broadcast.ts";
import { copyStrided } from "../../ops/shared/reference/strided.ts";
import { transpositionOf } from "../../ops/transpose/geometry.ts";
import type { Layout } from "../../problem/problem.ts";
import type { Graph, Node, Value } from "../graph.ts";
import { type Constant, computed, emptyLike, isConstant } from "./constants.ts";
import { movesNothing, orderOf } from "./join-moves.ts";
import { namesOf, uniqueIn } from "./rewriting.ts";

/** For each axis of the result, the axis that it was. */
type Order = readonly number[];

/** Changes constants and options for maps in another order of axes. */
interface Move {
  readonly order: Order;
  /** The layout of the moved maps. */
  readonly layout: Layout;
  /** A constant in another shape, with its axes in another order. */
  readonly constant: (value: Constant, shape: readonly number[], order: Order) => Value;
}

interface Movable {
  /** The inputs that are maps; all others are constants. */
  readonly maps: readonly string[];
  /** Whether it reads the layout of its maps. */
  readonly hasLayout: boolean;
  readonly moved: (move: Move) => Pick<Node, "options"> & { readonly constants?: Readonly<Record<string, Value>> };
}

const inverse = (order: Order): number[] => order.map((_, axis) => order.indexOf(axis));

/** The order that takes maps from one layout to the other. */
function orderFrom(layout: Layout, rank: number): number[] {
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
function movableOf(node: Node): Movable | undefined {
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

/** Nodes that are moved together. */
interface Part {
  readonly nodes: Node[];
  readonly rank: number;
  /** The layout that some of its nodes read, or "mixed". */
  layout?: Layout | "mixed";
}

/** The nodes of a graph as parts, in order. */
function partsOf({ nodes }: Graph, movable: ReadonlyMap<Node, Movable>): Part[] {
  const parents = new Map<Node, Node>();
  const root = (node: Node): Node => {
    let top = node;
    for (let next = parents.get(top); next && next !== top; next = parents.get(top)) {
      parents.set(top, parents.get(next) ?? next);
      top = next;
    }
    return top;
  };
  const makers = new Map<Value, Node>();
  for (const node of nodes) {
    const own = movable.get(node);
    if (!own) continue;
    parents.set(node, node);
    for (const name of own.maps) {
      const maker = makers.get(node.inputs[name]!);
      if (maker) parents.set(root(maker), root(node));
    }
    for (const value of node.outputs) makers.set(value, node);
  }
  const parts = new Map<Node, Part>();
  for (const node of nodes) {
    const own = movable.get(node);
    if (!own) continue;
    const top = root(node);
    let part = parts.get(top);
    if (!part) parts.set(top, (part = { nodes: [], rank: node.outputs[0]!.shape.length }));
    part.nodes.push(node);
    const { layout } = node.inputs[own.maps[0]!]!;
    if (own.hasLayout) part.layout = part.layout === undefined || part.layout === layout ? layout : "mixed";
  }
  return [...parts.values()];
}

/** Who makes and reads the values of a graph. */
interface Links {
  readonly makers: ReadonlyMap<Value, Node>;
  readonly readers: ReadonlyMap<Value, readonly Node[]>;
  readonly outputs: ReadonlySet<Value>;
}

function linksOf({ nodes, outputs }: Graph): Links {
  const makers = new Map<Value, Node>();
  const readers = new Map<Value, Node[]>();
  for (const node of nodes) {
    for (const value of node.outputs) makers.set(value, node);
    for (const value of new Set(Object.values(node.inputs))) {
      const list = readers.get(value);
      if (list) list.push(node);
      else readers.set(value, [node]);
    }
  }
  return { makers, readers, outputs: new Set(outputs.values()) };
}

const isTranspose = (node: Node | undefined): node is Node => node?.operator === "transpose";

/** Elements that a transpose moves. */
const costOf = ({ shape }: Value, order: Order): number => (movesNothing(shape, order) ? 0 : elementCount(shape));

/** A part that could be moved, and what that saves. */
interface Proposal {
  readonly part: Part;
  readonly order: Order;
  readonly layout: Layout;
  readonly gain: number;
  /** The transposes at its border. */
  readonly border: readonly Node[];
}

/** What is saved if a part is moved, in elements that transposes move. */
function proposalOf(part: Part, order: Order, movable: ReadonlyMap<Node, Movable>, links: Links): Proposal {
  const members = new Set(part.nodes);
  const border = new Set<Node>();
  const back = inverse(order);
  const isSame = (one: Order, other: Order): boolean => one.join() === other.join();
  let gain = 0;
  let layout: Layout | undefined;
  const entering = new Set<Value>();
  for (const node of part.nodes)
    for (const name of movable.get(node)!.maps) {
      const value = node.inputs[name]!;
      if (!members.has(links.makers.get(value)!)) entering.add(value);
    }
  for (const value of entering) {
    const maker = links.makers.get(value);
    const isFree = !links.outputs.has(value) && links.readers.get(value)!.every((reader) => members.has(reader));
    if (!isTranspose(maker)) {
      gain -= costOf(value, order);
      continue;
    }
    border.add(maker);
    const [x] = Object.values(maker.inputs) as [Value];
    const joined = order.map((axis) => orderOf(maker)[axis]!);
    gain += (isFree ? costOf(x, orderOf(maker)) : 0) - costOf(x, joined);
    if (isSame(orderOf(maker), back)) layout ??= x.layout;
  }
  for (const node of part.nodes)
    for (const value of node.outputs) {
      const readers = (links.readers.get(value) ?? []).filter((reader) => !members.has(reader));
      const others = readers.filter((reader) => !isTranspose(reader));
      if (others.length > 0 || links.outputs.has(value)) gain -= costOf(value, order);
      for (const reader of readers.filter(isTranspose)) {
        border.add(reader);
        gain +=
          costOf(value, orderOf(reader)) -
          costOf(
            value,
            orderOf(reader).map((axis) => back[axis]!),
          );
        if (isSame(orderOf(reader), order)) layout ??= reader.outputs[0]!.layout;
      }
    }
  const [{ outputs }] = part.nodes as [Node];
  const fixed = part.layout && (part.layout === "channels-first" ? "channels-last" : "channels-first");
  return { part, order, gain, border: [...border], layout: fixed ?? layout ?? outputs[0]!.layout };
}

/** Most orders that are tried for a part that can run in any. */
const MOST_ORDERS = 4;

/** The orders in which a part may be worth running: those in which a transpose at its border cancels. */
function ordersOf(part: Part, movable: ReadonlyMap<Node, Movable>, links: Links): Order[] {
  if (part.layout === "mixed" || part.rank < 2) return [];
  if (part.layout) return part.rank < 3 ? [] : [orderFrom(part.layout, part.rank)];
  const orders = new Map<string, Order>();
  const add = (order: Order): unknown => orders.size < MOST_ORDERS && orders.set(order.join(), order);
  for (const node of part.nodes) {
    for (const name of movable.get(node)!.maps) {
      const maker = links.makers.get(node.inputs[name]!);
      if (isTranspose(maker)) add(inverse(orderOf(maker)));
    }
    for (const value of node.outputs)
      for (const reader of links.readers.get(value) ?? []) if (isTranspose(reader)) add(orderOf(reader));
  }
  return [...orders.values()];
}

/** Moves the parts of a graph that save the most elements from being moved; of two that share a transpose, one. */
export function chooseLayouts(graph: Graph): Graph {
  if (!graph.nodes.some(isTranspose)) return graph;
  const movable = new Map<Node, Movable>();
  for (const node of graph.nodes) {
    const own = movableOf(node);
    if (own) movable.set(node, own);
  }
  const links = linksOf(graph);
  const proposals = partsOf(graph, movable).flatMap((part) =>
    ordersOf(part, movable, links).map((order) => proposalOf(part, order, movable, links)),
  );
  const chosen = new Map<Node, Proposal>();
  const taken = new Set<Node>();
  for (const proposal of proposals.toSorted((one, other) => other.gain - one.gain)) {
    const { gain, border, part } = proposal;
    if (gain <= 0) break;
    if (border.some((node) => taken.has(node)) || chosen.has(part.nodes[0]!)) continue;
    for (const node of border) taken.add(node);
    for (const node of part.nodes) chosen.set(node, proposal);
  }
  return chosen.size === 0 ? graph : moveParts(graph, chosen, movable, links);
}

function moveParts(
  graph: Graph,
  chosen: ReadonlyMap<Node, Proposal>,
  movable: ReadonlyMap<Node, Movable>,
  links: Links,
): Graph {
  const names = namesOf(graph);
  const unique = (name: string): string => uniqueIn(names, name);
  const nodes: Node[] = [];
  /** Maps in their new order, made by nodes of a part or on their way in. */
  const movedIn = new Map<Proposal, Map<Value, Value>>();
  const transpose = (x: Value, permutation: Order, output: Value): void => {
    const { layout } = output;
    nodes.push({
      ...{ name: unique(`${output.name}/transpose`), operator: "transpose", inputs: { x } },
      ...{ options: { permutation, layout }, outputs: [output] },
    });
  };
  for (const node of graph.nodes) {
    const proposal = chosen.get(node);
    if (!proposal) {
      nodes.push(node);
      continue;
    }
    const { order, layout } = proposal;
    const moved = movedIn.get(proposal) ?? new Map<Value, Value>();
    movedIn.set(proposal, moved);
    const renamed = (value: Value): Value => ({
      ...{ dtype: value.dtype, layout },
      name: unique(`${value.name}/moved`),
      shape: order.map((axis) => value.shape[axis]!),
    });
    const own = movable.get(node)!;
    const { options, constants = {} } = own.moved({
      ...{ order, layout },
      constant: (value, shape, axes) => {
        const { copy, shape: sizes } = transpositionOf(shape, axes);
        const like = { ...value, name: `${value.name}/moved`, shape: sizes, layout };
        return computed({ unique }, like, [value], ["moved", shape, axes], () =>
          copyStrided(value.data, copy, emptyLike(value, sizes)),
        );
      },
    });
    const maps = own.maps.map((name) => {
      const value = node.inputs[name]!;
      let map = moved.get(value);
      if (!map) {
        moved.set(value, (map = renamed(value)));
        transpose(value, order, map);
      }
      return [name, map] as const;
    });
    const outputs = node.outputs.map(renamed);
    nodes.push({ ...node, inputs: { ...node.inputs, ...Object.fromEntries(maps), ...constants }, options, outputs });
    node.outputs.forEach((value, at) => {
      moved.set(value, outputs[at]!);
      const isRead = links.readers.get(value)?.some((reader) => chosen.get(reader) !== proposal);
      if (isRead || links.outputs.has(value)) transpose(outputs[at]!, inverse(order), value);
    });
  }
  return { ...graph, nodes };
}
