// The command line of `npm run bench` as options: every word of it is checked, and a refusal says what would have been right.
import { DTYPES, type Dtype } from "../src/base/dtype.ts";
import { LAYOUTS, type Layout } from "../src/problem/problem.ts";
import { ALGORITHMS } from "./algorithms.ts";
import { BENCH_PASSES, type BenchPass, type Layer, shapeKey } from "./layer.ts";
import { OPERATIONS } from "./operations.ts";
import { PEERS, type PeerName } from "./peers/names.ts";
import { OPERATIONS_SUITE, SUITES } from "./suites.ts";

/** What computes: a page in a browser, or Node itself. */
const BROWSERS = ["chromium", "firefox", "node"] as const;

/** What `--algorithm` may name beside an algorithm: the planner's choice, a row for each, a search by measuring. */
export const ALGORITHM_CHOICES = ["auto", "all", "find", ...ALGORITHMS];

export interface Options {
  readonly suite: string;
  /** Ids of the suite's layers; all of them unless given. */
  readonly layers?: readonly string[];
  /** Those of the suite of operations by name; all of them unless given. */
  readonly operations?: readonly string[];
  /** Each layer's own unless given. */
  readonly pass?: BenchPass;
  readonly algorithm: string;
  readonly dtype: Dtype;
  readonly layout: Layout;
  readonly batch: number;
  readonly browser: (typeof BROWSERS)[number];
  /** On the machine's own GPU rather than on a software adapter. */
  readonly gpu: boolean;
  /** Other engines to time on the same rows. */
  readonly peers?: readonly PeerName[];
  /** The file to write everything to. */
  readonly json?: string;
  /** Samples that a time is the median of. */
  readonly samples: number;
}

/** A row of the table to be: a layer and what is measured of it. */
export interface Row {
  readonly layer: Layer;
  readonly pass: BenchPass;
}

const NAMES = [
  "suite",
  "layers",
  "operations",
  "pass",
  "algorithm",
  "dtype",
  "layout",
  "batch",
  "browser",
  "gpu",
  "json",
  "samples",
  "peers",
] as const;
type Name = (typeof NAMES)[number];

/** `--name value` and `--name=value` by name; `--gpu` stands alone. */
function wordsOf(argv: readonly string[]): Map<Name, string> {
  const words = new Map<Name, string>();
  for (let at = 0; at < argv.length; at++) {
    const [, given, , inline] = /^--([^=]*)(=(.*))?$/s.exec(argv[at]!) ?? [];
    if (given === undefined) throw new Error(`got ${JSON.stringify(argv[at])}, expected an option such as --layers L1`);
    const name = oneOf("option", given, NAMES);
    if (words.has(name)) throw new Error(`--${name} is given twice`);
    if (name === "gpu") {
      if (inline !== undefined) throw new Error(`--gpu takes no value, got ${JSON.stringify(inline)}`);
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

/** Options that are about one kind of suite. */
const OF_CONVOLUTIONS = ["layers", "pass", "algorithm", "peers"] as const;
const OF_OPERATIONS = ["operations"] as const;

/** The suite, which is that of the operations where some of them are asked for. */
function suiteOf(words: ReadonlyMap<Name, string>): string {
  const usual = words.has("operations") ? OPERATIONS_SUITE : "layers";
  const suite = oneOf("suite", words.get("suite") ?? usual, [...Object.keys(SUITES), OPERATIONS_SUITE]);
  const [foreign, kind] =
    suite === OPERATIONS_SUITE ? [OF_CONVOLUTIONS, "convolutions"] : [OF_OPERATIONS, `the suite ${OPERATIONS_SUITE}`];
  for (const name of foreign)
    if (words.has(name)) throw new Error(`--${name} cannot go with --suite ${suite}: it is about ${kind}`);
  return suite;
}

/** The peers of `--peers litert,jax`, each once. */
function peersOf(value: string, options: Pick<Options, "algorithm" | "dtype" | "browser">): PeerName[] {
  const peers = new Set(value.split(",").map((name) => oneOf("peer", name, PEERS)));
  const without = (what: string, why: string): never => {
    throw new Error(`--peers cannot go with ${what}: ${why}`);
  };
  if (options.browser === "node") without("--browser node", "the peers run in a browser's page");
  if (options.dtype !== "f32") without(`--dtype ${options.dtype}`, "the peers are timed in f32");
  if (options.algorithm === "find")
    without("--algorithm find", "the search times no calls, which the peers' times are of");
  return [...peers];
}

/**
 * The options of a command line, `--help` not among them.
 * @throws Error that says what is wrong and what would be right
 */
export function parseOptions(argv: readonly string[]): Options {
  const words = wordsOf(argv);
  const suite = suiteOf(words);
  const ids = (SUITES[suite] ?? []).map(({ id }) => id);
  const layers = words.get("layers")?.split(",");
  for (const id of layers ?? []) oneOf(`layer of the suite ${suite}`, id, ids);
  const operations = words.get("operations")?.split(",");
  const names = [...new Set(OPERATIONS.map(({ operation }) => operation))];
  for (const name of operations ?? []) oneOf("operation", name, names);
  const pass = words.get("pass");
  const json = words.get("json");
  const peers = words.get("peers");
  const options: Options = {
    suite,
    ...(layers && { layers }),
    ...(operations && { operations }),
    ...(pass !== undefined && { pass: oneOf("pass", pass, BENCH_PASSES) }),
    algorithm: oneOf("algorithm", words.get("algorithm") ?? "auto", ALGORITHM_CHOICES),
    dtype: oneOf("dtype", words.get("dtype") ?? "f32", DTYPES),
    layout: oneOf("layout", words.get("layout") ?? "channels-first", LAYOUTS),
    batch: count("batch", words.get("batch") ?? "1", 1024),
    browser: oneOf("browser", words.get("browser") ?? "chromium", BROWSERS),
    gpu: words.has("gpu"),
    ...(json !== undefined && { json }),
    samples: count("samples", words.get("samples") ?? "5", 1000),
  };
  return peers === undefined ? options : { ...options, peers: peersOf(peers, options) };
}

/** What the options ask to be measured, in the order of the suite. A pass that is asked for makes rows alike: one of them stays. */
export function rowsOf({ suite, layers, pass }: Options): Row[] {
  const seen = new Set<string>();
  return (SUITES[suite] ?? [])
    .filter(({ id }) => layers === undefined || layers.includes(id))
    .map((layer) => ({ layer, pass: pass ?? layer.pass }))
    .filter((row) => {
      const key = `${row.pass} ${shapeKey(row.layer)}`;
      return !seen.has(key) && seen.add(key);
    });
}
