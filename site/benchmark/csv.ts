// Formats rows as comma-separated values (RFC 4180), one line each, under a line of names with units.
import { type Report, type Row, flopsPerSecond, isTimed, isWrong, roofShare, spreadOf } from "./rows.ts";

type Cell = string | number | undefined;

/** Returns the outcome of a row in one word. */
export function verdictOf(row: Row): "ok" | "wrong" | "refused" | "failed" | "unchecked" {
  if (row.refused !== undefined) return "refused";
  if (row.failed !== undefined) return "failed";
  if (isWrong(row)) return "wrong";
  return row.check ? "ok" : "unchecked";
}

const COLUMNS: readonly [name: string, cell: (row: Row, report: Report) => Cell][] = [
  ["suite", ({ suite }) => suite],
  ["layer", ({ layer }) => layer],
  ["convolution", ({ what }) => what],
  ["pass", ({ pass }) => pass],
  ["dtype", ({ dtype }) => dtype],
  ["layout", ({ layout }) => layout],
  ["batch", ({ batch }) => batch],
  ["asked", ({ algorithm }) => algorithm],
  ["algorithm", ({ chosen }) => chosen],
  ["variant", ({ variant }) => variant],
  ["verdict", verdictOf],
  ["time_ms", (row) => (isTimed(row) ? row.milliseconds : undefined)],
  ["spread", (row) => (isTimed(row) ? spreadOf(row.samples) : undefined)],
  ["gflops_per_second", (row) => (isTimed(row) ? flopsPerSecond(row) / 1e9 : undefined)],
  ["roofline_share", (row, { roofline }) => (isTimed(row) && roofline ? roofShare(row, roofline) : undefined)],
  ["call_ms", ({ callMilliseconds }) => callMilliseconds],
  [
    "other_engines_ms",
    ({ peers }) => peers?.map(({ name, milliseconds, reason }) => `${name}: ${milliseconds ?? reason}`).join("; "),
  ],
  ["workspace_bytes", ({ workspaceBytes }) => workspaceBytes],
  ["prepared_bytes", ({ preparedBytes }) => preparedBytes],
  ["first_call_ms", ({ firstMilliseconds }) => firstMilliseconds],
  ["error", ({ check }) => check?.error],
  ["error_bound", ({ check }) => check?.bound],
  ["compared_with", ({ check }) => check?.against],
  ["reason", ({ refused, failed }) => refused ?? failed],
];

/** Formats a cell, quoted if necessary. An apostrophe keeps spreadsheets from taking text for a formula. */
function quoted(cell: Cell): string {
  if (cell === undefined) return "";
  if (typeof cell === "number") return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function toCsv(report: Report): string {
  const lines = [
    COLUMNS.map(([name]) => name),
    ...report.rows.map((row) => COLUMNS.map(([, cell]) => quoted(cell(row, report)))),
  ];
  return lines.map((cells) => `${cells.join(",")}\r\n`).join("");
}
