// Parses the command line of `npm run bench`. Every word is checked, and an error says what would be right.
import { DTYPES, type Dtype } from "../src/base/dtype.ts";
import { LAYOUTS, type Layout } from "../src/problem/problem.ts";
import { ALGORITHMS } from "./algorithms.ts";
import { BENCH_PASSES, type BenchPass, type Layer, shapeKey } from "./layer.ts";
import { LAYERS } from "./layers.ts";
import { MODELS } from "./models/list.ts";
import { MODEL_PEERS } from "./models/peers.ts";
import { OPERATIONS } from "./operations.ts";
import { PEERS, type PeerName, TRAINING_PEERS } from "./peers/names.ts";
import {
  DEFAULT_SAMPLE,
  MODELS_SUITE,
  OPERATIONS_SUITE,
  SAMPLED_SUITE,
  SUITES,
  TRAINING_SUITE,
  type Sample,
  TFJS_SUITE,
  layersOf,
} from "./suites.ts";
import { PROGRAMS } from "./tfjs/list.ts";
import { TRAINED } from "./training/networks.ts";

/** Where it computes: in a page of a browser, or in Node itself. */
const BROWSERS = ["chromium", "firefox", "node"] as const;

/** The values of `--algorithm`: the planner's choice, a row for each algorithm, a search by measuring, or an algorithm by name. */
export const ALGORITHM_CHOICES = ["auto", "all", "find", ...ALGORITHMS];

export interface Options {
  readonly suite: string;
  /** What the sampled suite draws. */
  readonly sample?: Sample;
  /** Ids of layers of the suite; all by default. */
  readonly layers?: readonly string[];
  /** Names of operations of the suite; all by default. */
  readonly operations?: readonly string[];
  /** Ids of models of the suite, of programs or of networks to train; all by default. */
  readonly models?: readonly string[];
  /** Each layer's own by default. */
  readonly pass?: BenchPass;
  readonly algorithm: string;
  readonly dtype: Dtype;
  readonly layout: Layout;
  readonly batch: number;
  readonly browser: (typeof BROWSERS)[number];
  /** Whether to use the machine's own GPU instead of a software adapter. */
  readonly gpu: boolean;
  /** Whether to list the kernels that are compiled. */
  readonly kernels?: boolean;
  /** Other engines to time on the same rows. */
  readonly peers?: readonly PeerName[];
  /** The file for the JSON report. */
  readonly json?: string;
  /** The number of samples of which a time is the median. */
  readonly samples: number;
}

/** A row of the table: a layer and the pass to measure. */
export interface Row {
  readonly layer: Layer;
  readonly pass: BenchPass;
}

/** The options by name. */
export const OPTION_NAMES = [
  "suite",
  "layers",
  "operations",
  "models",
  "seed",
  "count",
  "pass",
  "algorithm",
  "dtype",
  "layout",
  "batch",
  "browser",
  "gpu",
  "kernels",
  "json",
  "samples",
  "peers",
] as const;
type Name = (typeof OPTION_NAMES)[number];

/** Reads `--name value` and `--name=value` into a map by name; `--gpu` and `--kernels` take no value. */
function wordsOf(argv: readonly string[]): Map<Name, string> {
  const words = new Map<Name, string>();
  for (let at = 0; at < argv.length; at++) {
    const [, given, , inline] = /^--([^=]*)(=(.*))?$/s.exec(argv[at]!) ?? [];
    if (given === undefined) throw new Error(`got ${JSON.stringify(argv[at])}, expected an option such as --layers L1`);
    const name = oneOf("option", given, OPTION_NAMES);
    if (words.has(name)) throw new Error(`--${name} is given twice`);
    if (name === "gpu" || name === "kernels") {
      if (inline !== undefined) throw new Error(`--${name} takes no value, got ${JSON.stringify(inline)}`);
      words.set(name, "");
      continue;
    }
    const value = inline ?? argv[++at];
    if (value === undefined || value === "" || (inline === undefined && value.startsWith("--")))
      throw new Error(`--${name} has no value`);
    words.set(name, value);
  }
  return words;
}

function oneOf<T extends string>(what: string, value: string, allowed: readonly T[]): T {
  if (!(allowed as readonly string[]).includes(value))
    throw new Error(`there is no ${what} ${JSON.stringify(value)}; there are ${allowed.join(", ")}`);
  return value as T;
}

function count(name: Name, value: string, most: number): number {
  const number = /^\d+$/.test(value) ? Number(value) : 0;
  if (number < 1 || number > most)
    throw new Error(`--${name} is ${JSON.stringify(value)}, expected an integer from 1 to ${most}`);
  return number;
}

/** The options that do not go with each kind of suite. */
const FOREIGN = {
  convolutions: ["operations", "models"],
  operations: ["layers", "models", "pass", "algorithm", "kernels"],
  models: ["layers", "operations", "pass", "algorithm", "dtype", "layout", "batch"],
  tfjs: ["operations", "pass", "algorithm", "dtype", "layout", "batch", "peers", "kernels"],
  training: ["layers", "operations", "pass", "algorithm", "dtype", "layout", "batch", "kernels"],
  fixed: ["seed", "count"],
} as const;

/** What the options that go with one kind of suite are about. */
const ABOUT: Readonly<Partial<Record<Name, string>>> = {
  operations: `the suite ${OPERATIONS_SUITE}`,
  models: `the suite ${MODELS_SUITE}`,
  seed: `the suite ${SAMPLED_SUITE}`,
  count: `the suite ${SAMPLED_SUITE}`,
};

/** Returns the suite; asking for operations or models implies theirs. */
function suiteOf(words: ReadonlyMap<Name, string>): string {
  const usual = words.has("operations") ? OPERATIONS_SUITE : words.has("models") ? MODELS_SUITE : "layers";
  const others = [OPERATIONS_SUITE, MODELS_SUITE, TFJS_SUITE, TRAINING_SUITE] as const;
  const suite = oneOf("suite", words.get("suite") ?? usual, [...Object.keys(SUITES), SAMPLED_SUITE, ...others]);
  const kind = others.find((other) => other === suite) ?? "convolutions";
  const foreign = suite === SAMPLED_SUITE ? FOREIGN[kind] : [...FOREIGN[kind], ...FOREIGN.fixed];
  for (const name of foreign)
    if (words.has(name))
      throw new Error(`--${name} cannot go with --suite ${suite}: it is about ${ABOUT[name] ?? "convolutions"}`);
  if ((suite === MODELS_SUITE || suite === TFJS_SUITE) && words.get("browser") === "node")
    throw new Error(`--browser node cannot go with --suite ${suite}: the models are loaded by a page`);
  return suite;
}

function sampleOf(words: ReadonlyMap<Name, string>): Sample {
  const { seed, count: layers } = DEFAULT_SAMPLE;
  return {
    seed: count("seed", words.get("seed") ?? String(seed), 2 ** 31),
    count: count("count", words.get("count") ?? String(layers), 1000),
  };
}

/** Returns the peers of `--peers litert,jax`, each once. */
function peersOf(value: string, options: Pick<Options, "suite" | "algorithm" | "dtype" | "browser">): PeerName[] {
  const peers = new Set(value.split(",").map((name) => oneOf("peer", name, PEERS)));
  const without = (what: string, why: string): never => {
    throw new Error(`--peers cannot go with ${what}: ${why}`);
  };
  if (options.browser === "node") without("--browser node", "the peers run in a browser's page");
  if (options.dtype !== "f32") without(`--dtype ${options.dtype}`, "the peers are timed in f32");
  if (options.algorithm === "find")
    without("--algorithm find", "the search times no calls, which the peers' times are of");
  if (options.suite === OPERATIONS_SUITE && peers.has("litert"))
    without(`--suite ${OPERATIONS_SUITE} and litert`, "it is timed on convolutions alone");
  for (const peer of options.suite === TRAINING_SUITE ? peers : [])
    if (!TRAINING_PEERS.includes(peer)) without(`--suite ${TRAINING_SUITE} and ${peer}`, "it does not train");
  for (const peer of options.suite === MODELS_SUITE ? peers : [])
    if (!MODEL_PEERS[peer]) without(`--suite ${MODELS_SUITE} and ${peer}`, "it reads none of the models");
  return [...peers];
}

/**
 * Parses a command line without `--help`.
 * @throws Error that says what is wrong and what would be right
 */
export function parseOptions(argv: readonly string[]): Options {
  const words = wordsOf(argv);
  const suite = suiteOf(words);
  const adapter = suite === TFJS_SUITE;
  const sample = suite === SAMPLED_SUITE ? sampleOf(words) : undefined;
  const ids = (adapter ? LAYERS : layersOf(suite, sample)).map(({ id }) => id);
  const layers = words.get("layers")?.split(",");
  for (const id of layers ?? []) oneOf(`layer of the suite ${suite}`, id, ids);
  const operations = words.get("operations")?.split(",");
  const names = [...new Set(OPERATIONS.map(({ operation }) => operation))];
  for (const name of operations ?? []) oneOf("operation", name, names);
  const models = words.get("models")?.split(",");
  const named = suite === TRAINING_SUITE ? TRAINED : MODELS;
  for (const id of models ?? []) oneOf("model", id, adapter ? PROGRAMS : named.map((model) => model.id));
  const pass = words.get("pass");
  const json = words.get("json");
  const peers = words.get("peers");
  const options: Options = {
    suite,
    ...(sample && { sample }),
    ...(layers && { layers }),
    ...(operations && { operations }),
    ...(models && { models }),
    ...(pass !== undefined && { pass: oneOf("pass", pass, BENCH_PASSES) }),
    algorithm: oneOf("algorithm", words.get("algorithm") ?? "auto", ALGORITHM_CHOICES),
    dtype: oneOf("dtype", words.get("dtype") ?? "f32", DTYPES),
    layout: oneOf("layout", words.get("layout") ?? "channels-first", LAYOUTS),
    batch: count("batch", words.get("batch") ?? "1", 1024),
    browser: oneOf("browser", words.get("browser") ?? "chromium", BROWSERS),
    gpu: words.has("gpu"),
    ...(words.has("kernels") && { kernels: true }),
    ...(json !== undefined && { json }),
    samples: count("samples", words.get("samples") ?? "5", 1000),
  };
  return peers === undefined ? options : { ...options, peers: peersOf(peers, options) };
}

/** Returns the rows to measure, in the order of the suite. A pass given in the options can make rows equal: one of them stays. */
export function rowsOf({ suite, sample, layers, pass }: Pick<Options, "suite" | "sample" | "layers" | "pass">): Row[] {
  const seen = new Set<string>();
  return layersOf(suite, sample)
    .filter(({ id }) => layers === undefined || layers.includes(id))
    .map((layer) => ({ layer, pass: pass ?? layer.pass }))
    .filter((row) => {
      const key = `${row.pass} ${shapeKey(row.layer)}`;
      return !seen.has(key) && seen.add(key);
    });
}
