// The table of results, which grows row by row.
import { MOST_SPREAD } from "../../bench/stopwatch.ts";
import { el } from "../common/dom.ts";
import { bytes, duration, number } from "../common/format.ts";
import {
  type Roof,
  type Row,
  type RowCheck,
  flopsPerSecond,
  isTimed,
  isWrong,
  methodOf,
  roofShare,
  spreadOf,
} from "./rows.ts";

export function percent(share: number): string {
  return `${number(share * 100)} %`;
}

const AGAINST: Readonly<Record<RowCheck["against"], string>> = {
  reference: "the CPU reference in float64",
  direct: 'the algorithm "direct"',
};

function numeric(...content: (Node | string)[]): HTMLElement {
  return el("td", { class: "number" }, ...content);
}

const NONE = "–";

/** Makes a cell with a number, and details below it. */
function twoLines(first: Node | string, second: string): HTMLElement {
  return numeric(first, el("span", { class: "muted small beneath" }, second));
}

/** Makes the cells of time and speed, or the notice that the result is wrong. */
function timeCells(row: Row, roof: Roof | undefined): HTMLElement[] {
  if (!isTimed(row)) {
    const words = ": it is further off than rounding explains";
    return [el("td", { colspan: 2, class: "verdict bad" }, el("strong", {}, "wrong"), words)];
  }
  const spread = spreadOf(row.samples);
  const doubt = spread !== undefined && spread > MOST_SPREAD ? ", uncertain" : "";
  return [
    twoLines(
      el("strong", {}, duration(row.milliseconds)),
      spread === undefined ? NONE : `± ${percent(spread / 2)}${doubt}`,
    ),
    twoLines(number(flopsPerSecond(row) / 1e9), roof ? percent(roofShare(row, roof)) : NONE),
  ];
}

/** Makes a cell over all columns of numbers, with the reason why there are none. */
function reasonCell({ refused, failed }: Row): HTMLElement {
  return el(
    "td",
    { colspan: 5, class: refused === undefined ? "verdict bad" : "verdict" },
    el("strong", {}, refused === undefined ? "failed" : "refused"),
    `: ${refused ?? failed ?? "for no known reason"}`,
  );
}

function checkCell({ check, chosen }: Row): HTMLElement {
  if (!check) return numeric(chosen === undefined ? NONE : "is the ground truth");
  const { error, bound, against } = check;
  const cell = twoLines(number(error), `of ${number(bound)}`);
  cell.title = `compared with ${AGAINST[against]}`;
  if (!(error <= bound)) cell.classList.add("bad");
  return cell;
}

/** Shows the algorithm, and whether the planner picked it. */
export function methodCell(row: Row): HTMLElement {
  return el(
    "td",
    {},
    el("span", { class: "method" }, row.chosen ?? row.algorithm),
    row.variant ? el("span", { class: "muted small" }, ` ${row.variant}`) : null,
    row.algorithm === "auto" && row.chosen !== undefined ? el("span", { class: "tag" }, "auto") : null,
  );
}

/** Makes the cell of the layer, with its sizes below. */
export function layerCell({ layer, what, batch }: Row): HTMLElement {
  return el(
    "th",
    { scope: "row" },
    el("span", { class: "layer" }, layer),
    el("span", { class: "muted small what" }, `${what.replace("->", "→")}${batch > 1 ? `, batch ${batch}` : ""}`),
  );
}

/** Makes the cell of the pass, with type, layout and batch below. */
export function passCell({ pass, dtype, layout }: Row): HTMLElement {
  return el("td", {}, pass, el("span", { class: "muted small what" }, `${dtype}, ${layout}`));
}

function numberCells(row: Row, roof: Roof | undefined): HTMLElement[] {
  return [
    ...timeCells(row, roof),
    numeric(row.workspaceBytes === undefined ? NONE : bytes(row.workspaceBytes)),
    numeric(row.firstMilliseconds === undefined ? NONE : duration(row.firstMilliseconds)),
    checkCell(row),
  ];
}

export function resultRow(row: Row, roof: Roof | undefined): HTMLTableRowElement {
  return el(
    "tr",
    { "data-method": methodOf(row) },
    layerCell(row),
    passCell(row),
    methodCell(row),
    ...(isTimed(row) || isWrong(row) ? numberCells(row, roof) : [reasonCell(row)]),
  );
}
