// The tuning table: measured times, by problem, constraints and environment (adapter, browser, version of this library). Entries of other
// environments stay in the table (an application may ship those of many) but are never used.
import type { Rates } from "../algorithms/cost.ts";
import { VERSION } from "../base/version.ts";
import type { ConvProblem } from "../problem/problem.ts";
import type { Constraints, Measurements } from "./choose.ts";
import type { TuningStore } from "./store.ts";
import type { Calibration, Environment, TuningData, TuningEntry } from "./tuning-data.ts";

/** Most entries in the table; the oldest is dropped first. */
const MAX_ENTRIES = 4096;

/** The environment of an adapter in this browser or process. */
export function environmentOf(adapter: object): Environment {
  const { navigator, process } = globalThis as { navigator?: Navigator; process?: { versions?: { node?: string } } };
  const node = process?.versions?.node;
  return {
    adapter: JSON.stringify(adapter),
    browser: node === undefined ? (navigator?.userAgent ?? "") : `node ${node}`,
    version: VERSION,
  };
}

/** The key of a problem under constraints: a variant measured under one constraint may violate another. */
export function tuningKey(
  problem: ConvProblem,
  { maxErrorGrowth, maxErrorSpread, maxWorkspaceBytes, algorithm, variant }: Constraints,
): string {
  const named = algorithm === "auto" ? undefined : algorithm;
  return JSON.stringify([problem, { maxErrorGrowth, maxErrorSpread, maxWorkspaceBytes, algorithm: named, variant }]);
}

function identity({ adapter, browser, version, key = "" }: Environment & { key?: string }): string {
  return JSON.stringify([adapter, browser, version, key]);
}

/** Adds an entry as the newest, in place of an older one of the same identity; drops the oldest beyond MAX_ENTRIES. */
function put<T extends Environment>(entries: Map<string, T>, entry: T): void {
  const name = identity(entry);
  entries.delete(name);
  entries.set(name, entry);
  if (entries.size > MAX_ENTRIES) entries.delete(entries.keys().next().value!);
}

/** The measurements of this environment and of others: `engine.tuning`. */
export class TuningTable {
  readonly #environment: Environment;
  readonly #store: TuningStore | undefined;
  readonly #entries = new Map<string, TuningEntry>();
  readonly #calibrations = new Map<string, Calibration>();

  constructor(environment: Environment, store?: TuningStore) {
    this.#environment = environment;
    this.#store = store;
  }

  /** Number of entries, including those of other environments. */
  get size(): number {
    return this.#entries.size;
  }

  /** The measurements of a problem in this environment; empty if there are none. */
  lookUp(problem: ConvProblem, constraints: Constraints): Measurements {
    const wanted = { ...this.#environment, key: tuningKey(problem, constraints), ranked: [] };
    return this.#entries.get(identity(wanted))?.ranked ?? [];
  }

  /** @internal The rates of the adapter, if they were measured in this environment. */
  get rates(): Rates | undefined {
    return this.#calibrations.get(identity(this.#environment))?.rates;
  }

  /** @internal Adds the rates of the adapter, and saves the table. */
  async addCalibration(rates: Rates): Promise<void> {
    put(this.#calibrations, { ...this.#environment, rates });
    await this.#save();
  }

  /** @internal Adds the measurements of a problem, and saves the table. */
  async add(problem: ConvProblem, constraints: Constraints, ranked: Measurements): Promise<void> {
    if (ranked.length === 0) return;
    put(this.#entries, { ...this.#environment, key: tuningKey(problem, constraints), ranked });
    await this.#save();
  }

  /**
   * Returns the table as plain data, to ship with an application.
   * @example
   * localStorage.setItem("tuning", JSON.stringify(engine.tuning.export()));
   */
  export(): TuningData {
    return { format: 1, entries: [...this.#entries.values()], calibrations: [...this.#calibrations.values()] };
  }

  /**
   * Adds the entries and calibrations of a table from `export`, given as an object or as JSON. Malformed ones are left out; those of other
   * adapters, browsers and versions are stored but not used here.
   * @returns how many were added, how many of these are usable here, and how many were left out
   * @throws ConvError (as a rejection) `invalid-argument` if the data is not such a table
   * @example
   * await engine.tuning.import(shipped); // what engine.tuning.export() gave on another machine
   */
  async import(data: TuningData | string): Promise<{ taken: number; usable: number; leftOut: number }> {
    const counts = await this.#read(data);
    await this.#save();
    return counts;
  }

  /** Deletes all entries and calibrations, in the store too. */
  async clear(): Promise<void> {
    this.#entries.clear();
    this.#calibrations.clear();
    await this.#save();
  }

  /** @internal Reads the table that an earlier run saved; an unreadable one counts as empty. */
  async load(): Promise<void> {
    try {
      const saved = await this.#store?.load();
      if (saved !== undefined) await this.#read(saved);
    } catch {
      // A broken cache counts as empty: the next measurement overwrites it.
    }
  }

  async #read(data: unknown): Promise<{ taken: number; usable: number; leftOut: number }> {
    const { parseTable } = await import("./tuning-data.ts");
    const { entries, calibrations, leftOut } = parseTable(data);
    for (const entry of entries) put(this.#entries, entry);
    for (const calibration of calibrations) put(this.#calibrations, calibration);
    const taken = [...entries, ...calibrations];
    const here = identity(this.#environment);
    const usable = taken.filter((one) => identity({ ...one, key: "" }) === here);
    return { taken: taken.length, usable: usable.length, leftOut };
  }

  async #save(): Promise<void> {
    try {
      await this.#store?.save(JSON.stringify(this.export()));
    } catch {
      // No space or no permission to write: the table stays in memory only.
    }
  }
}
