// Tiling: how the tiles of a picture lie, so that a network computes in each exactly what it computes there in the whole picture. Pure.
//
// Tile: a box of the input. All tiles have one shape, so that one graph is compiled; those at a border of the picture end there, where the
// network's own padding is right. Halo: the cells at the other borders of a tile whose results depend on cells beyond it; they are cut off.
// Period: the cells of the input after which all strides and factors of the network meet again. Tiles start at multiples of it, and are as long as
// the picture modulo the period, so that strides, rounded sizes and padding fall as they do in the picture.
import { greatestCommonDivisor } from "../base/arithmetic.ts";
import { ConvError, refuse, words } from "../base/error.ts";
import type { Graph, Node, Value } from "./graph.ts";
import { type AxisReach, reachOf } from "./reach.ts";

/** An axis of a picture, in tiles. */
export interface TiledAxis {
  /** The axis of the input. */
  readonly axis: number;
  /** Cells of a tile. */
  readonly size: number;
  /** The first cell of each tile. */
  readonly starts: readonly number[];
}

/** Where the results of the tiles along an axis lie. */
export interface TiledResult {
  /** The axis of the output. */
  readonly axis: number;
  /** Cells of the output of the whole picture. */
  readonly size: number;
  /** Of each tile: the first cell to be taken from its own output, the number of cells, and the place of the first in the whole. */
  readonly pieces: readonly { readonly from: number; readonly count: number; readonly to: number }[];
}

/** The tiles of a picture. */
export interface Tiling {
  /** Only axes that are divided. */
  readonly axes: readonly TiledAxis[];
  /** For each output of the graph, along each of these axes. */
  readonly outputs: ReadonlyMap<string, readonly TiledResult[]>;
  /** The shape of the input of a tile. */
  readonly shape: readonly number[];
  /** The shapes of the outputs of the whole picture. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/** How a value depends on the input along one of its axes. */
interface Dependence {
  /** The axis of the value. */
  readonly axis: number;
  /** Cells of the input for `cells` cells of the value, without a common divisor. */
  readonly period: number;
  readonly cells: number;
  /** Cells at the beginning, and at the end, that depend on what lies beyond the tile, if it ends within the picture. */
  readonly before: number;
  readonly after: number;
}

/** Whether a node repeats cells of its map beyond the border. */
const isRepeated = ({ options }: Node): boolean => (options["paddingMode"] ?? "zeros") !== "zeros";

/** What a graph does along one axis of its input. */
interface Analysis {
  readonly dependences: ReadonlyMap<Value, Dependence>;
  readonly period: number;
}

/**
 * Follows an axis of the input through a graph.
 * @param checked whether the graph is that of a tile, and maps must be large enough
 * @throws ConvError `unsupported-model` naming the node that depends on the whole map
 */
function analyse(graph: Graph, axis: number, checked = true): Analysis {
  const [input] = graph.inputs as [Value];
  const dependences = new Map<Value, Dependence>([[input, { axis, period: 1, cells: 1, before: 0, after: 0 }]]);
  let period = 1;
  for (const node of graph.nodes) {
    const found = Object.entries(node.inputs).flatMap(([name, value]) => {
      const dependence = dependences.get(value);
      return dependence ? [through(node, name, value, dependence, checked)] : [];
    });
    const [first] = found;
    if (!first) continue;
    const agree = found.every(
      (one) => one.axis === first.axis && one.period === first.period && one.cells === first.cells,
    );
    if (!agree) refuseNode(node, "maps of other scales");
    for (const [name, value] of Object.entries(node.inputs))
      if (!dependences.has(value)) checkEvenness(node, name, value, first.axis);
    const whole = {
      ...first,
      before: Math.max(...found.map(({ before }) => before)),
      after: Math.max(...found.map(({ after }) => after)),
    };
    for (const output of node.outputs) dependences.set(output, whole);
    period *= whole.period / greatestCommonDivisor(period, whole.period);
  }
  return { dependences, period };
}

/** What the result of a node depends on through one of its inputs. */
function through(node: Node, name: string, value: Value, dependence: Dependence, checked: boolean): Dependence {
  const reach = reachOf(node, name);
  const axis = reach.findIndex((one) => one?.axis === dependence.axis);
  const along: AxisReach | undefined = reach[axis];
  if (!along) return refuseNode(node, "a map that it depends on as a whole");
  const { step, per, begin, end } = along;
  const common = greatestCommonDivisor(dependence.period * step, dependence.cells * per);
  const size = value.shape[dependence.axis]!;
  const length = node.outputs[0]!.shape[axis]!;
  // The first cell that reads no cell before `before`, and the last that reads none after `last`.
  const first = Math.ceil((dependence.before * per - begin) / step);
  const last = size - 1 - dependence.after;
  const most = Math.floor((last * per + per - 1 - end) / step);
  if (checked && isRepeated(node) && Math.max(-begin, end) + dependence.before + dependence.after >= size)
    refuseNode(node, `a map of ${size} cells, too few for padding that repeats cells of it`);
  return {
    axis,
    period: (dependence.period * step) / common,
    cells: (dependence.cells * per) / common,
    before: Math.max(0, first),
    after: Math.max(0, length - 1 - most),
  };
}

/** Refuses a constant that differs from place to place. */
function checkEvenness(node: Node, name: string, { shape }: Value, axis: number): void {
  const at = reachOf(node, name)[axis]?.axis;
  if (at !== undefined && shape[at] !== 1) refuseNode(node, `${name} for each place`);
}

function refuseNode(node: Node, got: string): never {
  throw new ConvError(
    "unsupported-model",
    `node ${node.name} (${node.operator}): got ${got}, expected a network that tiles of a picture can go through`,
  );
}

/** A size that most strides divide, where the period is not yet known. */
const LIKELY_PERIOD = 64;

/** The largest size that is at most `wanted` and that of the picture modulo a period. */
const congruent = (whole: number, wanted: number, period: number): number =>
  whole - period * Math.max(0, Math.ceil((whole - wanted) / period));

/**
 * Divides a picture into tiles.
 * @param graphOf makes the graph for an input of a shape
 * @param whole the shape of the whole picture
 * @param tile the most cells of a tile along each axis, its halo included
 * @throws ConvError `unsupported-model` naming a node that depends on the whole map, `invalid-argument` if no such tile has any cell of its own
 */
export function tilingOf(
  graphOf: (shape: readonly number[]) => Graph,
  whole: readonly number[],
  tile: ReadonlyMap<number, number>,
): Tiling {
  const axes = [...tile.keys()].filter((axis) => whole[axis]! > tile.get(axis)!);
  const at = (sizeOf: (axis: number) => number): number[] =>
    whole.map((size, axis) => (axes.includes(axis) ? sizeOf(axis) : size));
  const probe = firstGraph(graphOf, at, whole, tile);
  const periods = new Map(axes.map((axis) => [axis, analyse(probe, axis, false).period]));
  const wanted = at((axis) => congruent(whole[axis]!, tile.get(axis)!, periods.get(axis)!));
  for (const axis of axes) if (wanted[axis]! < 1) refuseTile(tile.get(axis)!, periods.get(axis)! + 1);
  // The same network on a larger tile: what does not grow with it depends on the size of the picture.
  const [graph, larger] = [graphOf(wanted), graphOf(at((axis) => wanted[axis]! + periods.get(axis)!))];
  const plans = axes.map((axis) => {
    const analysis = analyse(graph, axis);
    checkGrowth(graph, larger, analysis, analyse(larger, axis));
    return planAxis(graph, analysis, { axis, whole: whole[axis]!, size: wanted[axis]!, tile: tile.get(axis)! });
  });
  const outputs = new Map(
    [...graph.outputs.keys()].map((name) => [name, plans.map(({ results }) => results.get(name)!)] as const),
  );
  const shapes = [...graph.outputs].map(([name, { shape }]) => {
    const sizes = [...shape];
    for (const { axis, size } of outputs.get(name)!) sizes[axis] = size;
    return [name, sizes] as const;
  });
  return {
    axes: plans.map(({ tiled }) => tiled),
    outputs,
    shape: at((axis) => plans.find(({ tiled }) => tiled.axis === axis)!.tiled.size),
    shapes: new Map(shapes),
  };
}

/** A graph to learn the periods from: of a tile whose size is likely to do, or else of the whole picture. */
function firstGraph(
  graphOf: (shape: readonly number[]) => Graph,
  at: (sizeOf: (axis: number) => number) => number[],
  whole: readonly number[],
  tile: ReadonlyMap<number, number>,
): Graph {
  const likely = at((axis) => Math.max(1, congruent(whole[axis]!, tile.get(axis)!, LIKELY_PERIOD)));
  try {
    return graphOf(likely);
  } catch (cause) {
    if (!(cause instanceof ConvError)) throw cause;
    return graphOf(whole);
  }
}

const SIZED = "a map whose places follow from the size of the whole";

/** Checks that each map of a network grows with its input, and that nothing else changes. */
function checkGrowth(graph: Graph, larger: Graph, one: Analysis, other: Analysis): void {
  graph.nodes.forEach((node, at) => {
    const twin = larger.nodes[at];
    node.outputs.forEach((value, result) => {
      const [before, after] = [one.dependences.get(value), twin && other.dependences.get(twin.outputs[result]!)];
      if (!before && !after) return;
      if (!before || !after) return refuseNode(node, SIZED);
      const alike = before.period === after.period && before.before === after.before && before.after === after.after;
      const growth = (one.period / before.period) * before.cells;
      const size = twin!.outputs[result]!.shape[before.axis]!;
      if (!alike || size - value.shape[before.axis]! !== growth) refuseNode(node, SIZED);
    });
  });
}

function refuseTile(tile: number, least: number): never {
  refuse("invalid-argument", "tile", tile, `at least ${least} cells: the rest is the halo of this network`);
}

/** Divides an axis. */
function planAxis(
  graph: Graph,
  { dependences, period }: Analysis,
  { axis, whole, size, tile }: { axis: number; whole: number; size: number; tile: number },
): { tiled: TiledAxis; results: ReadonlyMap<string, TiledResult> } {
  const outputs = [...graph.outputs].map(([name, value]) => {
    const dependence = dependences.get(value);
    if (!dependence)
      refuse("unsupported-model", `output ${name}`, words("no map of the picture"), "one that depends on places of it");
    return { name, ...dependence, length: value.shape[dependence.axis]! };
  });
  // Cells of the input from one tile to the next, at most.
  const own = outputs.map(({ length, before, after, period: from, cells }) =>
    Math.floor(((length - before - after) * from) / cells / period),
  );
  const most = Math.min(...own) * period;
  if (most < period) refuseTile(tile, size - most + period);
  const count = Math.ceil((whole - size) / most);
  // As many smaller tiles, where they reach as far.
  let spare = 0;
  while (most - spare - period > 0 && whole - (size - spare - period) <= count * (most - spare - period))
    spare += period;
  const [length, step] = [size - spare, most - spare];
  const starts = Array.from({ length: count + 1 }, (_, at) => Math.min(at * step, whole - length));
  const results = outputs.map(
    ({ name, axis: at, period: from, cells, length: tiles, after }): [string, TiledResult] => {
      const inCells = (of: number): number => (of / from) * cells;
      const [ownLength, total] = [tiles - inCells(spare), tiles + inCells(whole - size)];
      let to = 0;
      const pieces = starts.map((start, index) => {
        const place = inCells(start);
        const end = index === count ? total : place + ownLength - after;
        const piece = { from: to - place, count: end - to, to };
        to = end;
        return piece;
      });
      return [name, { axis: at, size: total, pieces }];
    },
  );
  return { tiled: { axis, size: length, starts }, results: new Map(results) };
}
