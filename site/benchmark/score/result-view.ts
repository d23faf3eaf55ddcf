// Shows a result of the test: the score, the facts beside it, the layers and the ladder as bars.
import { el } from "../../common/dom.ts";
import { duration, number } from "../../common/format.ts";
import { roofText } from "../machine.ts";
import { percent } from "../results-table.ts";
import { flopsPerSecond, isTimed, methodOf, spreadOf } from "../rows.ts";
import { type Bar, barList } from "./bars.ts";
import { CONTESTS, type Contest, NAIVE, contestJob } from "./contests.ts";
import type { TestResult } from "./link.ts";
import type { Measured } from "./measure-contest.ts";
import { REFERENCE, SCORE_LAYERS, scoreOf } from "./score.ts";

/** The layer whose first call is the cold start. */
const COLD = "L1";

function barOf(contest: Contest, measured: Measured | undefined, current: string | undefined): Bar {
  const { name, about } = contest;
  if (!measured) {
    const reason = current === contest.id ? "measuring" : "not measured";
    return { name, about, value: undefined, reason };
  }
  const { row } = measured;
  if (!isTimed(row)) {
    const reason = row.refused ?? row.failed ?? "wrong: further off than rounding explains";
    return { name, about, value: undefined, reason };
  }
  const spread = spreadOf(row.samples) ?? 0;
  const size = contestJob(contest, measured.scale).layer.input.join(" x ");
  const method = contest.algorithm === NAIVE ? "" : `${methodOf(row)}, `;
  const doubt = spread > 0.15 ? `, ± ${percent(spread / 2)}` : "";
  return {
    ...{ name, about, value: flopsPerSecond(row) / 1e9 },
    detail: `${method}${duration(row.milliseconds)} on ${size}${doubt}`,
  };
}

function fact(term: string, ...value: (Node | string)[]): HTMLElement {
  return el("div", {}, el("dt", {}, term), el("dd", {}, ...value));
}

/** Makes the view; `current` is the contest in progress. */
export function resultView(result: TestResult, current?: string): HTMLElement {
  const { measured, roofline, adapter, browser, made } = result;
  const found = new Map(measured.map((one) => [one.contest.id, one]));
  const score = scoreOf(measured.map(({ row }) => row));
  const cold = found.get(COLD)?.row;
  const bars = (part: Contest["part"]): HTMLElement =>
    barList(
      CONTESTS.filter((contest) => contest.part === part).map((contest) =>
        barOf(contest, found.get(contest.id), current),
      ),
      { unit: "GFLOP/s", ...(roofline && { peak: roofline.flopsPerSecond / 1e9 }) },
    );
  return el(
    "div",
    { class: "score-view" },
    el(
      "p",
      { class: "score-value" },
      el("strong", {}, score ? `${number(score.times)} ×` : "–"),
      el(
        "span",
        { class: "muted" },
        `as fast as ${REFERENCE.name}`,
        score && score.layers < SCORE_LAYERS ? `, by ${score.layers} of ${SCORE_LAYERS} layers` : "",
      ),
    ),
    el(
      "dl",
      { class: "facts" },
      fact("Machine", `${adapter}, ${browser}, ${made.slice(0, 10)}`),
      fact(
        "Cold start",
        cold?.firstMilliseconds === undefined
          ? "–"
          : `${number(cold.firstMilliseconds / 1000)} s to plan, compile and run the first 3x3 convolution`,
      ),
      fact("What the adapter can do", roofline ? roofText(roofline) : "–"),
    ),
    el("h3", {}, "Eight layers, each by the algorithm that the engine picks"),
    bars("score"),
    el("h3", {}, "The ladder: one 3x3 convolution, one way after the other"),
    bars("ladder"),
    el(
      "p",
      { class: "small muted legend" },
      "GFLOP/s count the operations of the direct method, so that algorithms that save multiplications can pass the line, which is what the ",
      "adapter multiplies and adds in a second. Maps grow while a run stays under 100 ms. Samples of every result are compared with sums in float64.",
    ),
  );
}
