// The visitor's settings, and their form in the hash of the address, so that a link restores them. Defaults are omitted, and invalid fields
// take their defaults.
import { MAX_SIZE, type Parameters, filterNamed } from "./kernels.ts";

export const PADDINGS = ["same", "valid", "full", "cells"] as const;
export const PADDING_MODES = ["zeros", "reflect", "replicate", "circular"] as const;
/** How values become brightness: unchanged, around mid-grey, or by magnitude. */
export const VIEWS = ["plain", "signed", "size"] as const;

/** The pictures of the page. */
export const PHOTOS = ["chelsea", "coffee"] as const;
export type PhotoName = (typeof PHOTOS)[number];

export interface Settings extends Parameters {
  /** The shown picture, if it is one of the page's. */
  readonly photo: PhotoName | "";
  /** The name of a filter, or "custom" if the cells were edited. */
  readonly filter: string;
  /** Row by row. */
  readonly cells: readonly number[];
  readonly stride: number;
  readonly dilation: number;
  readonly padding: (typeof PADDINGS)[number];
  /** Cells of padding on every side, if `padding` is "cells". */
  readonly pad: number;
  readonly mode: (typeof PADDING_MODES)[number];
  readonly flipped: boolean;
  readonly grey: boolean;
  readonly view: (typeof VIEWS)[number];
  readonly gain: number;
  readonly algorithm: string;
}

const KNOBS = { angle: 0, frequency: 0.15, spread: 1.5 };

/** Switches to a filter with its initial parameters, and keeps the other settings. */
export function withFilter(settings: Settings, name: string): Settings {
  const filter = filterNamed(name);
  if (!filter) return { ...settings, filter: "custom" };
  const view = filter.signed ? "signed" : "plain";
  const next: Settings = { ...settings, ...filter.start, filter: name, view };
  return { ...next, cells: filter.cells(next) };
}

export const START: Settings = withFilter(
  {
    photo: "",
    ...KNOBS,
    ...{ filter: "custom", rows: 1, columns: 1, cells: [1] },
    ...{ stride: 1, dilation: 1, padding: "same", pad: 1, mode: "replicate", flipped: false },
    ...{ grey: false, view: "plain", gain: 1, algorithm: "auto" },
  },
  "sharpen",
);

/** Parses a number within bounds; returns undefined if there is none. */
export function numberIn(text: string | null, least: number, most: number): number | undefined {
  if (text === null || text.trim() === "") return undefined;
  const value = Number(text);
  return Number.isFinite(value) && value >= least && value <= most ? value : undefined;
}

export function oddIn(text: string | null): number | undefined {
  const value = numberIn(text, 1, MAX_SIZE);
  return value !== undefined && value % 2 === 1 ? value : undefined;
}

export function wholeIn(text: string | null, least: number, most: number): number | undefined {
  const value = numberIn(text, least, most);
  return value !== undefined && Number.isInteger(value) ? value : undefined;
}

function oneOf<T extends string>(names: readonly T[], text: string | null): T | undefined {
  return names.find((name) => name === text);
}

function cellsIn(text: string | null, count: number): number[] | undefined {
  const cells = (text ?? "").split("_").map((cell) => (cell === "" ? Number.NaN : Number(cell)));
  return cells.length === count && cells.every(Number.isFinite) ? cells : undefined;
}

/** Parses settings from the hash of an address, without the #. */
export function fromHash(hash: string): Settings {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const chosen = given.get("filter");
  const start = withFilter(START, chosen ?? START.filter);
  const fixed = filterNamed(start.filter)?.fixed === true;
  const next = {
    ...start,
    photo: oneOf(PHOTOS, given.get("photo")) ?? start.photo,
    rows: (fixed ? undefined : oddIn(given.get("rows"))) ?? start.rows,
    columns: (fixed ? undefined : oddIn(given.get("columns"))) ?? start.columns,
    angle: numberIn(given.get("angle"), 0, 180) ?? start.angle,
    frequency: numberIn(given.get("frequency"), 0.02, 0.5) ?? start.frequency,
    spread: numberIn(given.get("spread"), 0.3, 5) ?? start.spread,
    stride: wholeIn(given.get("stride"), 1, 8) ?? start.stride,
    dilation: wholeIn(given.get("dilation"), 1, 8) ?? start.dilation,
    padding: oneOf(PADDINGS, given.get("padding")) ?? start.padding,
    pad: wholeIn(given.get("pad"), 0, 999) ?? start.pad,
    mode: oneOf(PADDING_MODES, given.get("mode")) ?? start.mode,
    flipped: given.get("flipped") === "1",
    grey: given.get("grey") === "1",
    view: oneOf(VIEWS, given.get("view")) ?? start.view,
    gain: numberIn(given.get("gain"), 0.01, 100) ?? start.gain,
    algorithm: given.get("algorithm")?.slice(0, 40) || start.algorithm,
  };
  if (start.filter === "custom") {
    const cells = cellsIn(given.get("cells"), next.rows * next.columns);
    return cells ? { ...next, cells } : withFilter(next, START.filter);
  }
  return { ...next, cells: filterNamed(start.filter)!.cells(next) };
}

/** Formats settings for the hash of an address; the inverse of fromHash. */
export function toHash(settings: Settings): string {
  const kept = new URLSearchParams();
  const start = withFilter(START, settings.filter);
  const knobs = filterNamed(settings.filter)?.knobs ?? [];
  if (settings.filter !== START.filter) kept.set("filter", settings.filter);
  for (const [name, value] of Object.entries(settings)) {
    if (name === "filter" || name === "cells" || (name in KNOBS && !knobs.some((knob) => knob === name))) continue;
    if (name === "pad" && settings.padding !== "cells") continue;
    if (value !== start[name as keyof Settings] && value !== "")
      kept.set(name, typeof value === "boolean" ? "1" : String(value));
  }
  if (settings.filter === "custom") {
    kept.set("rows", String(settings.rows));
    kept.set("columns", String(settings.columns));
    kept.set("cells", settings.cells.map((cell) => String(Number(cell.toPrecision(7)))).join("_"));
  }
  return kept.size === 0 ? "" : `#${kept.toString()}`;
}
