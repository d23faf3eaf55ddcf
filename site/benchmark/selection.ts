// The visitor's selection of measurements, and its form as the hash of an address, so that a link restores it.
import type { Dtype, Layout } from "convoke";
import { ALGORITHMS } from "../../bench/algorithms.ts";
import { BENCH_PASSES, type BenchPass } from "../../bench/layer.ts";
import { PEERS, type PeerName } from "../../bench/peers/names.ts";
import { SUITES } from "../../bench/suites.ts";

/** "own" is the pass that the suite names for a layer. */
export const PASS_CHOICES = ["own", ...BENCH_PASSES] as const;
export type PassChoice = "own" | BenchPass;
/** The planner's choice, and each algorithm. */
export const ALGORITHM_CHOICES: readonly string[] = ["auto", ...ALGORITHMS];
export const DTYPES: readonly Dtype[] = ["f32", "f16"];
export const LAYOUTS: readonly Layout[] = ["channels-first", "channels-last"];
export const BATCHES = [1, 2, 4, 8, 16, 32] as const;

export interface Selection {
  readonly suite: string;
  readonly layers: readonly string[];
  readonly passes: readonly PassChoice[];
  readonly algorithms: readonly string[];
  readonly dtypes: readonly Dtype[];
  readonly layouts: readonly Layout[];
  readonly batch: number;
  /** Other engines to run on the same layers. */
  readonly peers: readonly PeerName[];
}

/** Takes a minute or less on most GPUs; each layer is of another kind. */
export const DEFAULT_SELECTION: Selection = {
  suite: "layers",
  layers: ["L2", "L6", "L8", "L14"],
  passes: ["own"],
  algorithms: ["auto", "direct", "implicit-gemm", "winograd"],
  dtypes: ["f32"],
  layouts: ["channels-first"],
  batch: 1,
  peers: [],
};

/** Returns the ids of a suite's layers. */
export function layerIds(suite: string): string[] {
  return (SUITES[suite] ?? []).map(({ id }) => id);
}

/** Returns the hash of a selection, without "#". */
export function encodeSelection(selection: Selection): string {
  const { suite, layers, passes, algorithms, dtypes, layouts, batch, peers } = selection;
  const all = layerIds(suite);
  const chosen = all.filter((id) => layers.includes(id));
  const fields = {
    suite,
    layers: chosen.length === all.length ? "all" : chosen.join(","),
    passes: passes.join(","),
    algorithms: algorithms.join(","),
    dtypes: dtypes.join(","),
    layouts: layouts.join(","),
    batch: String(batch),
    ...(peers.length > 0 && { peers: peers.join(",") }),
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("%2C", ",")}`)
    .join("&");
}

/** Returns the known values of a field, in their usual order, or `usual` if the hash lacks the field. */
function listed<T extends string>(
  fields: URLSearchParams,
  name: string,
  known: readonly T[],
  usual: readonly T[],
): readonly T[] {
  const value = fields.get(name);
  if (value === null) return usual;
  const names = new Set(value.split(","));
  return known.filter((one) => names.has(one));
}

/** Parses the hash of a selection. Missing or invalid fields take their defaults: anyone may write a link. */
export function decodeSelection(hash: string): Selection {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const asked = fields.get("suite");
  const suite = asked !== null && Object.hasOwn(SUITES, asked) ? asked : DEFAULT_SELECTION.suite;
  const ids = layerIds(suite);
  const usualLayers = suite === DEFAULT_SELECTION.suite ? DEFAULT_SELECTION.layers : ids;
  const batch = Number(fields.get("batch"));
  return {
    suite,
    layers: fields.get("layers") === "all" ? ids : listed(fields, "layers", ids, usualLayers),
    passes: listed(fields, "passes", PASS_CHOICES, DEFAULT_SELECTION.passes),
    algorithms: listed(fields, "algorithms", ALGORITHM_CHOICES, DEFAULT_SELECTION.algorithms),
    dtypes: listed(fields, "dtypes", DTYPES, DEFAULT_SELECTION.dtypes),
    layouts: listed(fields, "layouts", LAYOUTS, DEFAULT_SELECTION.layouts),
    batch: BATCHES.find((size) => size === batch) ?? DEFAULT_SELECTION.batch,
    peers: listed(fields, "peers", PEERS, DEFAULT_SELECTION.peers),
  };
}
