// The totals of a network, and their distribution over the kinds of layers.
import { el, tableHead } from "../common/dom.ts";
import { metric } from "../common/format.ts";
import { KINDS } from "./arithmetic.ts";
import { type About, connectedWeights } from "./catalogue.ts";
import { KIND_MEANINGS, KIND_NAMES, SHORT_NAMES, kindSign } from "./kinds.ts";
import { percent, shareBar } from "./share-bar.ts";
import { type ConvStop, type Walk, sum } from "./walk.ts";

const COUNT = new Intl.NumberFormat("en-US");

export function count(value: number): string {
  return COUNT.format(value);
}

function tile(name: string, value: string, detail: string): HTMLElement {
  return el(
    "div",
    { class: "tile" },
    el("dt", {}, name),
    el("dd", { class: "tile-value" }, value),
    el("dd", { class: "tile-detail" }, detail),
  );
}

/** Shows the totals in large type. */
export function totalsOf({ convs, multiplyAdds, weights, field, stops }: Walk): HTMLElement {
  const side = convs.filter((stop) => stop.side).length;
  const pools = stops.length - convs.length;
  const beside = side === 0 ? "all on one path" : `${side} on side branches`;
  return el(
    "dl",
    { class: "tiles" },
    tile("Convolutions", count(convs.length), `${beside}, ${pools} pooling layers`),
    tile("Multiply-adds", metric(multiplyAdds), count(multiplyAdds)),
    tile("Parameters", metric(weights), `${count(weights)} weights`),
    tile("Receptive field", `${field.size} × ${field.size}`, `at the last convolution, jump ${field.jump}`),
  );
}

/** Says what the totals leave out. */
export function leftOut(about: About): string {
  const connected = connectedWeights(about);
  const layers = about.connected.length === 1 ? "the fully connected layer" : "the fully connected layers";
  const rest = "Biases, normalisation and additions are left out too.";
  return connected === 0
    ? `It has no fully connected layers. ${rest}`
    : `Not counted: ${layers} (${about.connected.map((sizes) => sizes.join(" → ")).join(", ")}), another ${count(connected)} multiply-adds and as many parameters. ${rest}`;
}

/** Shows the shares of work and weights by kind: two bars, and a table as their legend. */
export function kindsOf({ convs, multiplyAdds, weights }: Walk): HTMLElement {
  const rows = KINDS.map((kind) => {
    const own = convs.filter((stop) => stop.kind === kind);
    return {
      kind,
      layers: own.length,
      multiplyAdds: sum(own, (stop) => stop.multiplyAdds),
      weights: sum(own, (stop) => stop.weights),
    };
  }).filter(({ layers }) => layers > 0);
  const shares = (of: "multiplyAdds" | "weights") =>
    rows.map((row) => ({ name: KIND_NAMES[row.kind], className: `kind-${row.kind}`, value: row[of] }));
  return el(
    "div",
    { class: "kinds" },
    shareBar("Multiply-adds", shares("multiplyAdds"), metric(multiplyAdds)),
    shareBar("Parameters", shares("weights"), metric(weights)),
    el(
      "div",
      { class: "scroll", role: "region", tabindex: 0, "aria-label": "Totals by kind of layer" },
      el(
        "table",
        { class: "legend" },
        tableHead("Kind", ["Layers", "Multiply-adds", "Share", "Parameters", "Share"], "Which"),
        el(
          "tbody",
          {},
          ...rows.map((row) =>
            el(
              "tr",
              {},
              el("th", { scope: "row" }, kindSign(row.kind), " ", KIND_NAMES[row.kind]),
              el("td", { class: "number" }, row.layers),
              el("td", { class: "number" }, count(row.multiplyAdds)),
              el("td", { class: "number" }, percent(row.multiplyAdds / multiplyAdds)),
              el("td", { class: "number" }, count(row.weights)),
              el("td", { class: "number" }, percent(row.weights / weights)),
              el("td", { class: "muted" }, KIND_MEANINGS[row.kind]),
            ),
          ),
        ),
      ),
    ),
  );
}

/** Describes a layer in one line. */
export function lineOf(stop: ConvStop, { multiplyAdds, weights }: Walk): string {
  const { shape } = stop;
  return [
    `${stop.number}. ${stop.name}`,
    `${shape.kernel.join("×")} ${SHORT_NAMES[stop.kind].toLowerCase()}`,
    `${shape.channels} → ${shape.outputs} channels`,
    `${stop.size} × ${stop.size}`,
    `${metric(stop.multiplyAdds)} multiply-adds (${percent(stop.multiplyAdds / multiplyAdds)})`,
    `${metric(stop.weights)} parameters (${percent(stop.weights / weights)})`,
  ].join(" · ");
}
