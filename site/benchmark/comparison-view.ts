// The view of two machines side by side.
import { el } from "../common/dom.ts";
import { duration, number } from "../common/format.ts";
import { meanRatio, pairsOf } from "./compare.ts";
import { layerCell, passCell } from "./results-table.ts";
import { type Report, type Row, isTimed, isWrong, methodOf } from "./rows.ts";

function timeOf(row: Row | undefined): HTMLElement {
  if (!row) return el("td", { class: "number muted" }, "not measured");
  if (isTimed(row))
    return el(
      "td",
      { class: "number" },
      el("strong", {}, duration(row.milliseconds)),
      el("span", { class: "muted small what" }, methodOf(row)),
    );
  const verdict = row.refused === undefined ? "failed" : "refused";
  return isWrong(row)
    ? el("td", { class: "number bad" }, el("strong", {}, "wrong"))
    : el("td", { class: "number muted" }, verdict);
}

/** Returns "2.0 times as long" and the like. */
function ratioText(ratio: number): string {
  return `${number(ratio)} ×`;
}

export function reportName(report: Report): string {
  return `${report.machine.adapter}, ${report.machine.browser}`;
}

/** Makes the table of both, with the ratio in the last column, and the summary. */
export function comparison(left: Report, right: Report, names: readonly [string, string]): HTMLElement {
  const pairs = pairsOf(left, right);
  const shared = pairs.filter(({ ratio }) => ratio !== undefined).length;
  const mean = meanRatio(pairs);
  const verdict =
    mean === undefined
      ? "They have no time in common: run the same layers and algorithms on both."
      : `${shared} ${shared === 1 ? "time" : "times"} in common. ${names[1]} takes ${number(mean)} times as long as ${names[0]}, as a geometric mean.`;
  return el(
    "div",
    { class: "stack" },
    el("p", { id: "comparison-verdict" }, verdict),
    el(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "Comparison of two machines" },
      el(
        "table",
        { id: "comparison-table" },
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            ...["Layer", "Pass", "Asked for"].map((title) => el("th", { scope: "col" }, title)),
            ...names.map((name) => el("th", { scope: "col", class: "number" }, name)),
            el("th", { scope: "col", class: "number" }, "Ratio"),
          ),
        ),
        el(
          "tbody",
          {},
          ...pairs.map(({ left: one, right: other, ratio }) => {
            const row = (one ?? other)!;
            return el(
              "tr",
              {},
              layerCell(row),
              passCell(row),
              el("td", {}, row.algorithm),
              timeOf(one),
              timeOf(other),
              el("td", { class: "number" }, ratio === undefined ? "–" : ratioText(ratio)),
            );
          }),
        ),
      ),
    ),
  );
}
