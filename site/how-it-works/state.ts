// The visitor's choices, in the hash of the address, so that a link restores them.
import { type Choice, cellCount, indexOf } from "./choice.ts";
import { type Geometry, MODES, refusal } from "./geometry.ts";
import { KERNELS, type KernelName } from "./kernels.ts";
import { PLAIN } from "./presets.ts";
import type { Layer } from "./receptive.ts";

/** The state of the first part. */
export interface Scene {
  readonly geometry: Geometry;
  readonly seed: number;
  readonly choice: Choice;
}

/** The state of the second part. */
export interface Comparison {
  readonly kernel: KernelName;
  readonly dilation: number;
  readonly seed: number;
  /** Row and column of the chosen output. */
  readonly output: readonly [number, number];
}

export interface State {
  readonly scene: Scene;
  readonly layers: readonly Layer[];
  readonly comparison: Comparison;
}

export const MOST_LAYERS = 8;

const DEFAULTS: State = {
  scene: {
    geometry: PLAIN,
    seed: 4,
    choice: { side: "output", cell: { channel: 0, row: 1, column: 1 } },
  },
  layers: [
    { kernel: 3, stride: 1, dilation: 1 },
    { kernel: 3, stride: 2, dilation: 1 },
    { kernel: 3, stride: 1, dilation: 1 },
  ],
  comparison: { kernel: "tenths", dilation: 1, seed: 1, output: [1, 1] },
};

function oneOf<T>(allowed: readonly T[], value: T, otherwise: T): T {
  return allowed.includes(value) ? value : otherwise;
}

/** Parses an integer of the hash within limits. */
function whole(text: string | undefined, least: number, most: number, otherwise: number): number {
  const value = text === undefined || text === "" ? NaN : Number(text);
  return Number.isInteger(value) && value >= least && value <= most ? value : otherwise;
}

/** Returns the choice if the geometry has such a cell, else the first cell. */
export function fitting(geometry: Geometry, choice: Choice): Choice {
  const first: Choice = { side: choice.side, cell: { channel: 0, row: 0, column: 0 } };
  if (refusal(geometry) !== undefined) return first;
  const { channel, row, column } = choice.cell;
  const along = Math.sqrt(cellCount(geometry, choice.side) / geometry.channels);
  return channel < geometry.channels && row < along && column < along && indexOf(geometry, choice) >= 0
    ? choice
    : first;
}

function readScene(get: (name: string) => string | undefined): Scene {
  const { geometry: usual, seed, choice } = DEFAULTS.scene;
  const channels = oneOf([1, 2, 4], Number(get("c")), usual.channels);
  const geometry: Geometry = {
    size: whole(get("n"), 3, 10, usual.size),
    kernel: whole(get("k"), 1, 5, usual.kernel),
    stride: whole(get("s"), 1, 3, usual.stride),
    dilation: whole(get("d"), 1, 3, usual.dilation),
    padding: whole(get("p"), 0, 3, usual.padding),
    mode: MODES.find((mode) => mode === get("mode")) ?? usual.mode,
    transposed: get("t") === "1",
    channels,
    groups: oneOf(
      [1, 2, 4].filter((groups) => groups <= channels),
      Number(get("g")),
      usual.groups,
    ),
  };
  const [channel, row, column] = (get("cell") ?? "").split(".");
  const cell = {
    channel: whole(channel, 0, 3, choice.cell.channel),
    row: whole(row, 0, 30, choice.cell.row),
    column: whole(column, 0, 30, choice.cell.column),
  };
  const side = get("view") === "scatter" ? "input" : "output";
  return { geometry, seed: whole(get("seed"), 0, 9999, seed), choice: fitting(geometry, { side, cell }) };
}

function readLayers(text: string | undefined): readonly Layer[] {
  if (text === undefined) return DEFAULTS.layers;
  const layers = text
    .split("_")
    .filter((layer) => layer !== "")
    .map((layer) => {
      const [kernel, stride, dilation] = layer.split(".");
      return { kernel: whole(kernel, 1, 11, 3), stride: whole(stride, 1, 4, 1), dilation: whole(dilation, 1, 64, 1) };
    });
  return layers.slice(0, MOST_LAYERS);
}

function readComparison(get: (name: string) => string | undefined): Comparison {
  const { kernel, dilation, seed, output } = DEFAULTS.comparison;
  const gap = whole(get("wd"), 1, 2, dilation);
  const last = gap === 1 ? 3 : 1;
  const [row, column] = (get("y") ?? "").split(".");
  return {
    kernel: KERNELS.find((name) => name === get("w")) ?? kernel,
    dilation: gap,
    seed: whole(get("wseed"), 0, 9999, seed),
    output: [whole(row, 0, last, output[0]), whole(column, 0, last, output[1])],
  };
}

export function readState(hash: string): State {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const get = (name: string): string | undefined => given.get(name) ?? undefined;
  return { scene: readScene(get), layers: readLayers(get("layers")), comparison: readComparison(get) };
}

function entries({ scene, layers, comparison }: State): [string, string][] {
  const { geometry, seed, choice } = scene;
  const { channel, row, column } = choice.cell;
  return Object.entries({
    n: geometry.size,
    k: geometry.kernel,
    s: geometry.stride,
    d: geometry.dilation,
    p: geometry.padding,
    mode: geometry.mode,
    t: geometry.transposed ? 1 : 0,
    c: geometry.channels,
    g: geometry.groups,
    seed,
    view: choice.side === "input" ? "scatter" : "gather",
    cell: `${channel}.${row}.${column}`,
    layers: layers.map(({ kernel, stride, dilation }) => `${kernel}.${stride}.${dilation}`).join("_"),
    w: comparison.kernel,
    wd: comparison.dilation,
    wseed: comparison.seed,
    y: comparison.output.join("."),
  }).map(([name, value]) => [name, String(value)]);
}

/** Returns the state as a hash, without defaults. */
export function writeState(state: State): string {
  const usual = new Map(entries(DEFAULTS));
  const changed = entries(state).filter(([name, value]) => usual.get(name) !== value);
  return changed.length === 0 ? "" : `#${new URLSearchParams(changed).toString()}`;
}
