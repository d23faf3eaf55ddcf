// Text for the terminal: the table, numbers with units, the names of adapters.
import type { AdapterInfo } from "./protocol.ts";

export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
}

/** Rows of cells under their titles, each column as wide as its widest cell. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, column) =>
    Math.max(title.length, ...rows.map((cells) => cells[column]!.length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        columns[column]!.align === "left" ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join("  ")
      .trimEnd();
  return [
    line(columns.map(({ title }) => title)),
    widths.map((width) => "-".repeat(width)).join("  "),
    ...rows.map(line),
  ].join("\n");
}

/** Three significant digits, without an exponent where there need be none. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(1);
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** Bytes in binary units. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB"];
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1]}`;
}

/** What an adapter calls itself, and whether it is no GPU at all. */
export function describeAdapter(info: AdapterInfo): string {
  const parts = [info.vendor, info.architecture, info.device, info.description].filter(
    (part, index, all) => part !== "" && all.indexOf(part) === index,
  );
  const kind = isSoftware(info) ? "software adapter: it runs on the CPU" : "GPU";
  return `${parts.join(" ") || "unnamed"} (${kind})`;
}

/** Whether an adapter computes on the CPU: by the flag, or by the names of the known ones. */
export function isSoftware(info: AdapterInfo): boolean {
  const names = `${info.vendor} ${info.architecture} ${info.device} ${info.description}`;
  return info.isFallback || /swiftshader|llvmpipe|lavapipe|software|basic render|\bwarp\b/i.test(names);
}
