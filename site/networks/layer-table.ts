// The table of layers in order: sizes, work, weights and receptive field.
import { el } from "../common/dom.ts";
import { metric } from "../common/format.ts";
import { SHORT_NAMES, kindSign } from "./kinds.ts";
import { shareCell } from "./share-bar.ts";
import { count } from "./totals.ts";
import type { ConvStop, PoolStop, Walk } from "./walk.ts";

const COLUMNS = 15;

function head(): HTMLElement {
  const tall = (name: string, number = false) =>
    el("th", { scope: "col", rowspan: 2, ...(number && { class: "number" }) }, name);
  const group = (name: string, span: number) => el("th", { scope: "colgroup", colspan: span, class: "group" }, name);
  const low = (name: string) => el("th", { scope: "col", class: "number" }, name);
  return el(
    "thead",
    {},
    el(
      "tr",
      {},
      tall("#", true),
      tall("Layer"),
      tall("Kind"),
      tall("Kernel", true),
      tall("Stride", true),
      tall("Groups", true),
      tall("Output", true),
      group("Multiply-adds", 3),
      group("Parameters", 3),
      group("Sees, pixels", 2),
    ),
    el("tr", {}, ...["exact", "about", "share", "exact", "about", "share", "field", "jump"].map(low)),
  );
}

const number = (text: string | number, muted = false) => el("td", { class: muted ? "number muted" : "number" }, text);

function fieldCells({ field, size }: ConvStop | PoolStop): HTMLElement[] {
  if (!field) return [number("side", true), number("")];
  // A single output has no neighbour.
  return [number(field.size), number(size === 1 ? "–" : field.jump)];
}

function output({ channels, size }: ConvStop | PoolStop): string {
  return `${channels} × ${size}×${size}`;
}

function poolRow(stop: PoolStop): HTMLElement {
  return el(
    "tr",
    { class: "pool" },
    number(""),
    el("th", { scope: "row" }, stop.name),
    el("td", {}, "Pooling"),
    number(`${stop.kernel}×${stop.kernel}`),
    number(stop.stride),
    number(""),
    number(output(stop)),
    ...Array.from({ length: 6 }, () => number("")),
    ...fieldCells(stop),
  );
}

export function layerTable(walk: Walk, onHover: (number: number | undefined) => void): HTMLTableElement {
  const mostWork = Math.max(...walk.convs.map((stop) => stop.multiplyAdds)) / walk.multiplyAdds;
  const mostWeights = Math.max(...walk.convs.map((stop) => stop.weights)) / walk.weights;
  const convRow = (stop: ConvStop): HTMLElement =>
    el(
      "tr",
      {
        "data-number": stop.number,
        pointerenter: () => onHover(stop.number),
        pointerleave: () => onHover(undefined),
      },
      number(stop.number, true),
      el("th", { scope: "row" }, stop.name),
      el("td", {}, kindSign(stop.kind), " ", SHORT_NAMES[stop.kind]),
      number(stop.shape.kernel.join("×")),
      number(stop.shape.stride),
      number(stop.shape.groups),
      number(output(stop)),
      number(count(stop.multiplyAdds)),
      number(metric(stop.multiplyAdds), true),
      shareCell(stop.multiplyAdds / walk.multiplyAdds, mostWork, `kind-${stop.kind}`),
      number(count(stop.weights)),
      number(metric(stop.weights), true),
      shareCell(stop.weights / walk.weights, mostWeights, `kind-${stop.kind}`),
      ...fieldCells(stop),
    );
  const { convs, stops, multiplyAdds, weights } = walk;
  return el(
    "table",
    { class: "layers" },
    el("caption", { class: "visually-hidden" }, "Layers in order"),
    head(),
    el("tbody", {}, ...stops.map((stop) => (stop.type === "conv" ? convRow(stop) : poolRow(stop)))),
    el(
      "tfoot",
      {},
      el(
        "tr",
        {},
        number(""),
        el("th", { scope: "row", colspan: 6 }, `All ${convs.length} convolutions`),
        number(count(multiplyAdds)),
        number(metric(multiplyAdds)),
        number(""),
        number(count(weights)),
        number(metric(weights)),
        el("td", { colspan: COLUMNS - 12 }),
      ),
    ),
  );
}
