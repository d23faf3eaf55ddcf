// Parses the command line of `npm run inspect`. Every word is checked, and an error says what would be right.
import { parseArgs } from "node:util";
import { BENCH_PASSES, type BenchPass } from "../../bench/layer.ts";
import { ALGORITHM_CHOICES } from "../../bench/options.ts";
import { PEERS, type PeerName } from "../../bench/peers/names.ts";
import { SUITES } from "../../bench/suites.ts";
import type { GpuClass } from "../../src/algorithms/traits.ts";
import { DTYPES, type Dtype } from "../../src/base/dtype.ts";
import { LAYOUTS, type Layout } from "../../src/problem/problem.ts";
import { GPU_CLASSES } from "../../test/suite/adapters.ts";

/** The suite of the problems that every algorithm is tested on (test/suite/problems.ts). */
export const SHARED_SUITE = "shared";

export interface Options {
  readonly suite: string;
  /** Ids of layers of the suite; all by default. */
  readonly layers?: readonly string[];
  readonly batches: readonly number[];
  /** Each layer's own by default. */
  readonly pass?: BenchPass;
  readonly layout: Layout;
  readonly dtype: Dtype;
  /** "auto" or the name of an algorithm. */
  readonly algorithm: string;
  readonly variant?: string;
  /** How many of the candidates ranked first to show. */
  readonly top: number;
  /** Whether to look at every candidate and to list those that break a limit. */
  readonly allCandidates: boolean;
  /** The class whose traits to plan with; the chip's own by default. */
  readonly gpu?: GpuClass;
  readonly peers: readonly PeerName[];
  readonly clamp: boolean;
  /** Whether kernels cannot ask for small subgroups, as in Chrome before 152. */
  readonly largeSubgroups: boolean;
  /** The folder for the assembly and the sources of the kernels. */
  readonly asm?: string;
  /** Files of WGSL to compile instead. */
  readonly files: readonly string[];
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  if (!(allowed as readonly string[]).includes(value))
    throw new Error(`--${name} is ${JSON.stringify(value)}, expected one of ${allowed.join(", ")}`);
  return value as T;
}

function count(name: string, value: string): number {
  if (!/^[1-9]\d{0,3}$/.test(value))
    throw new Error(`--${name} is ${JSON.stringify(value)}, expected an integer from 1 to 9999`);
  return Number(value);
}

const TEXT = { type: "string" } as const;
const FLAG = { type: "boolean", default: false } as const;

/**
 * Parses a command line without `--help`.
 * @throws Error that says what is wrong and what would be right
 */
export function parseOptions(argv: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      // Read before this is loaded (scripts/inspect.mjs).
      chip: TEXT,
      suite: { ...TEXT, default: "layers" },
      layers: TEXT,
      batch: { ...TEXT, default: "1" },
      pass: TEXT,
      layout: { ...TEXT, default: "channels-first" },
      dtype: { ...TEXT, default: "f32" },
      algorithm: { ...TEXT, default: "auto" },
      variant: TEXT,
      top: { ...TEXT, default: "1" },
      "all-candidates": FLAG,
      class: TEXT,
      peers: TEXT,
      clamp: FLAG,
      "large-subgroups": FLAG,
      asm: TEXT,
    },
  });
  const { pass, variant, peers, asm } = values;
  const suite = oneOf("suite", values.suite, [...Object.keys(SUITES), SHARED_SUITE]);
  const layers = values.layers?.split(",");
  const ids = (SUITES[suite] ?? []).map(({ id }) => id);
  for (const id of layers ?? []) oneOf("layers", id, ids);
  if (variant !== undefined && values.algorithm === "auto") throw new Error("--variant needs --algorithm, whose it is");
  return {
    suite,
    ...(layers && { layers }),
    batches: values.batch.split(",").map((value) => count("batch", value)),
    ...(pass !== undefined && { pass: oneOf("pass", pass, BENCH_PASSES) }),
    layout: oneOf("layout", values.layout, LAYOUTS),
    dtype: oneOf("dtype", values.dtype, DTYPES),
    algorithm: oneOf(
      "algorithm",
      values.algorithm,
      ALGORITHM_CHOICES.filter((name) => !/^(?:all|find)$/.test(name)),
    ),
    ...(variant !== undefined && { variant }),
    top: count("top", values.top),
    allCandidates: values["all-candidates"],
    ...(values.class !== undefined && { gpu: oneOf("class", values.class, GPU_CLASSES) }),
    peers: peers === undefined ? [] : peers.split(",").map((name) => oneOf("peers", name, PEERS)),
    clamp: values.clamp,
    largeSubgroups: values["large-subgroups"],
    ...(asm !== undefined && { asm }),
    files: positionals,
  };
}
