// Chooses the order of axes in which parts of a graph run, so that fewer elements are moved. Files that were converted from one layout to another
// are full of transposes: where a part of the graph can run on maps with their axes in the other order, the transposes around it cancel.
//
// Part: nodes that read each other's results and compute the same whatever the order of axes, if their options, constants and the layouts of their
// maps follow. A part that has convolutions or pools runs in one of the two layouts; one of element-wise nodes, concatenations and reductions in
// any order. Moving a part inserts transposes at its border, which joinMoves joins with those that stand there.
import { elementCount } from "../../base/shape.ts";
import { copyStrided } from "../../ops/shared/reference/strided.ts";
import { transpositionOf } from "../../ops/transpose/geometry.ts";
import type { Layout } from "../../problem/problem.ts";
import type { Graph, Node, Value } from "../graph.ts";
import { computed, emptyLike } from "./constants.ts";
import { movesNothing, orderOf } from "./join-moves.ts";
import { type Movable, type Order, inverse, movableOf, orderFrom } from "./movable.ts";
import { namesOf, uniqueIn } from "./rewriting.ts";

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
