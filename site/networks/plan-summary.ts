// Summarises the planner's choices for a whole network: by multiply-adds, and by time once layers are timed.
import { el, tableHead } from "../common/dom.ts";
import { duration, metric, number } from "../common/format.ts";
import { algorithmChip, algorithmClass, howOf } from "./algorithms.ts";
import type { PlanRow } from "./plan-rows.ts";
import { percent, shareBar } from "./share-bar.ts";
import { sum } from "./walk.ts";

interface Part {
  readonly algorithm: string;
  readonly layers: number;
  readonly multiplyAdds: number;
  readonly seconds: number;
}

function partsOf(rows: readonly PlanRow[]): Part[] {
  const names = [...new Set(rows.map(({ plan }) => plan!.algorithm))];
  return names
    .map((algorithm) => {
      const own = rows.filter(({ plan }) => plan!.algorithm === algorithm);
      return {
        algorithm,
        layers: sum(own, ({ layer }) => layer.count),
        multiplyAdds: sum(own, ({ layer, plan }) => (layer.count * plan!.flops) / 2),
        seconds: sum(own, ({ layer, seconds = 0 }) => layer.count * seconds),
      };
    })
    .toSorted((a, b) => b.multiplyAdds - a.multiplyAdds);
}

/** @param complete whether every layer was planned and, if any was timed, timed */
export function planSummary(rows: readonly PlanRow[], complete: boolean): HTMLElement {
  const planned = rows.filter(({ plan }) => plan);
  const parts = partsOf(planned);
  const total = { multiplyAdds: sum(parts, (part) => part.multiplyAdds), seconds: sum(parts, (part) => part.seconds) };
  const timed = total.seconds > 0;
  const flops = sum(planned, ({ layer, plan, seconds }) => (seconds === undefined ? 0 : layer.count * plan!.flops));
  const shares = (of: "multiplyAdds" | "seconds") =>
    parts.map((part) => ({ name: part.algorithm, className: algorithmClass(part.algorithm), value: part[of] }));
  const columns = ["Convolutions", "Multiply-adds", "Share", ...(timed ? ["Time", "Share"] : [])];
  return el(
    "div",
    { class: "kinds" },
    shareBar("Multiply-adds by algorithm", shares("multiplyAdds"), metric(total.multiplyAdds)),
    timed &&
      shareBar(
        `Time by algorithm${complete ? "" : ", of the layers timed"}`,
        shares("seconds"),
        `${duration(total.seconds * 1000)}, ${number(flops / total.seconds / 1e9)} GFLOP/s`,
      ),
    el(
      "div",
      { class: "scroll", role: "region", tabindex: 0, "aria-label": "Totals by algorithm" },
      el(
        "table",
        { class: "legend" },
        tableHead("Algorithm", columns, "How"),
        el(
          "tbody",
          {},
          ...parts.map((part) =>
            el(
              "tr",
              {},
              el("th", { scope: "row" }, algorithmChip(part.algorithm)),
              el("td", { class: "number" }, part.layers),
              el("td", { class: "number" }, metric(part.multiplyAdds)),
              el("td", { class: "number" }, percent(part.multiplyAdds / total.multiplyAdds)),
              timed && el("td", { class: "number" }, duration(part.seconds * 1000)),
              timed && el("td", { class: "number" }, percent(part.seconds / total.seconds)),
              el("td", { class: "muted" }, howOf(part.algorithm)),
            ),
          ),
        ),
      ),
    ),
  );
}
