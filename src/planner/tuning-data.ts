// Tuning tables as data, and how they are read: they come from files and from other people. Loaded only where there is a table.
import type { Rates } from "../algorithms/cost.ts";
import { refuse } from "../base/error.ts";
import type { Measurements } from "./choose.ts";

/** What a measured time depends on besides the problem. */
export interface Environment {
  readonly adapter: string;
  readonly browser: string;
  readonly version: string;
}

/** The measurements of one problem under constraints. */
export interface TuningEntry extends Environment {
  /** The problem and the constraints, as one text. */
  readonly key: string;
  /** Variants of algorithms by measured seconds, the fastest first. */
  readonly ranked: Measurements;
}

/** The measured rates of an adapter. */
export interface Calibration extends Environment {
  readonly rates: Rates;
}

/** A tuning table as plain data, which survives JSON. */
export interface TuningData {
  readonly format: 1;
  readonly entries: readonly TuningEntry[];
  readonly calibrations?: readonly Calibration[];
}

/** Bounds of a well-formed entry: no problem has more variants, and no text is longer. */
const MAX_ROWS = 512;
const MAX_TEXT = 16_384;
const MAX_CORES = 4096;

/** Returns the known fields of a value, or undefined if it is malformed. */
type Parse<T> = (value: unknown) => T | undefined;

const text: Parse<string> = (value) => (typeof value === "string" && value.length <= MAX_TEXT ? value : undefined);
const positive: Parse<number> = (value) =>
  typeof value === "number" && value > 0 && value < Infinity ? value : undefined;
const count: Parse<number> = (value) =>
  Number.isSafeInteger(value) && 0 < (value as number) && (value as number) <= MAX_CORES
    ? (value as number)
    : undefined;
const flag: Parse<boolean> = (value) => (typeof value === "boolean" ? value : undefined);

function record<T extends object>(fields: { readonly [K in keyof T]: Parse<T[K]> }): Parse<T> {
  return (value) => {
    if (typeof value !== "object" || value === null) return undefined;
    const parsed = Object.entries<Parse<unknown>>(fields).map(([name, parse]) => [
      name,
      parse((value as Record<string, unknown>)[name]),
    ]);
    return parsed.every(([, field]) => field !== undefined) ? (Object.fromEntries(parsed) as T) : undefined;
  };
}

function rows<T>(parse: Parse<T>): Parse<T[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length === 0 || value.length > MAX_ROWS) return undefined;
    const parsed = Array.from(value, parse).filter((row) => row !== undefined);
    return parsed.length === value.length ? parsed : undefined;
  };
}

const environmentFields = { adapter: text, browser: text, version: text };

const parseEntry = record<TuningEntry>({
  ...environmentFields,
  key: text,
  ranked: rows(record({ algorithm: text, variant: text, seconds: positive })),
});

const parseCalibration = record<Calibration>({
  ...environmentFields,
  rates: record({
    ...{ multiplyAdds: positive, loads: positive, bytes: positive, dispatch: positive, threads: positive },
    ...{ overlap: flag, workgroupLoads: positive, traffic: positive, cores: count },
  }),
});

/**
 * The well-formed entries and calibrations of a table given as an object or as JSON, and how many others there are.
 * @throws ConvError `invalid-argument` if the data is no table
 */
export function parseTable(data: unknown): {
  entries: TuningEntry[];
  calibrations: Calibration[];
  leftOut: number;
} {
  const lists = listsOf(data);
  const entries = lists.entries.map(parseEntry).filter((one) => one !== undefined);
  const calibrations = lists.calibrations.map(parseCalibration).filter((one) => one !== undefined);
  const all = lists.entries.length + lists.calibrations.length;
  return { entries, calibrations, leftOut: all - entries.length - calibrations.length };
}

/** The lists of a table given as an object or as JSON. */
function listsOf(data: unknown): { entries: unknown[]; calibrations: unknown[] } {
  let table = data;
  if (typeof data === "string") {
    try {
      table = JSON.parse(data);
    } catch {
      refuse("invalid-argument", "data", data.slice(0, 40), "a tuning table as JSON");
    }
  }
  const {
    format,
    entries,
    calibrations = [],
  } = (typeof table === "object" && table !== null ? table : {}) as Record<string, unknown>;
  if (format !== 1 || !Array.isArray(entries) || !Array.isArray(calibrations))
    refuse("invalid-argument", "data", table, "a tuning table of format 1, as engine.tuning.export() gives");
  return { entries, calibrations };
}
