// The panel of the one-button test: runs it, shows it as it runs, and shares its result as a link, a picture or a file.
import type { Engine } from "convoke";
import { byId, el } from "../../common/dom.ts";
import { explainFailure } from "../../common/engine.ts";
import { exclusively, startAndStop } from "../activity.ts";
import { download, save } from "../files.ts";
import { KNOWN } from "../known.ts";
import { machineOf } from "../machine.ts";
import type { Roof } from "../rows.ts";
import { until } from "../slices.ts";
import { barList } from "./bars.ts";
import { drawCard } from "./card.ts";
import { CONTESTS } from "./contests.ts";
import { type TestResult, carriesResult, decodeResult, encodeResult, reportOf } from "./link.ts";
import { resultView } from "./result-view.ts";
import { runTest } from "./run-test.ts";
import { scoreOf } from "./score.ts";

interface Means {
  readonly find: () => Promise<Engine>;
  readonly measureRoof: (signal: AbortSignal) => Promise<Roof>;
}

export function scorePanel({ find, measureRoof }: Means): void {
  const panel = byId("score");
  const start = byId("score-start", HTMLButtonElement);
  const stop = byId("score-stop", HTMLButtonElement);
  const bar = byId("score-progress", HTMLProgressElement);
  const status = byId("score-status");
  const problem = byId("score-problem");
  const place = byId("score-result");
  const shares = ["score-link", "score-card", "score-json"].map((id) => byId(id, HTMLButtonElement));
  /** What is shown. */
  let shown: TestResult | undefined;
  /** What came with the address. */
  let linked: TestResult | undefined;
  bar.max = CONTESTS.length;

  const show = (result: TestResult, current?: string): void => {
    shown = result;
    place.replaceChildren(resultView(result, current));
    byId("score-share").hidden = current !== undefined || result.measured.length === 0;
  };

  const work = async (signal: AbortSignal): Promise<void> => {
    status.textContent = "Starting the GPU.";
    const engine = await until(signal, find());
    const { adapter, browser } = machineOf(engine);
    let result: TestResult = { made: new Date().toISOString(), adapter, browser, measured: [] };
    status.textContent = "Measuring what the adapter can do.";
    try {
      result = { ...result, roofline: await measureRoof(signal) };
    } catch {
      // The test goes on without the line in the bars.
      signal.throwIfAborted();
    }
    await runTest({
      ...{ engine, signal, seconds: Number(panel.dataset["seconds"]) },
      flopsPerSecond: result.roofline?.flopsPerSecond ?? 0,
      events: {
        begins: (contest, at) => {
          bar.value = at;
          status.textContent = `Measuring ${contest.name}.`;
          show(result, contest.id);
        },
        measured: (one) => {
          result = { ...result, measured: [...result.measured, one] };
          shown = result;
        },
      },
    });
  };

  const begin = async (): Promise<void> => {
    shown = undefined;
    problem.replaceChildren();
    place.replaceChildren();
    byId("score-machines").replaceChildren();
    bar.hidden = false;
    bar.value = 0;
    buttons.began();
    try {
      const { stopped } = await exclusively(work);
      const count = (shown as TestResult | undefined)?.measured.length ?? 0;
      const words = stopped ? "Stopped" : count < CONTESTS.length ? "The time is over" : "Done";
      status.textContent = `${words}: ${count} of ${CONTESTS.length} measured.`;
    } catch (error) {
      status.textContent = "";
      problem.replaceChildren(explainFailure(error));
    } finally {
      bar.hidden = true;
      buttons.ended();
      if (shown) {
        show(shown);
        await besideOthers();
      }
    }
  };

  /** Shows the scores of other machines. */
  const besideOthers = async (): Promise<void> => {
    const own = shown;
    if (!own) return;
    const others = await Promise.all(
      KNOWN.map(async ({ name, load }) => {
        const report = await load().catch(() => undefined);
        return { name, about: "of this repository", rows: report?.rows ?? [] };
      }),
    );
    if (own !== shown) return;
    const rowsOf = ({ measured }: TestResult) => measured.map(({ row }) => row);
    const ofLink =
      linked && linked !== own ? [{ name: linked.adapter, about: "from the link", rows: rowsOf(linked) }] : [];
    const machines = [
      { name: own.adapter, about: own === linked ? "from the link" : "this machine", rows: rowsOf(own) },
      ...[...ofLink, ...others],
    ].map(({ name, about, rows }) => ({ name, about, value: scoreOf(rows)?.times }));
    byId("score-machines").replaceChildren(el("h3", {}, "Beside other machines"), barList(machines, { unit: "×" }));
  };

  /** Shows the result that the address carries, or why there is none. */
  const open = (): void => {
    if (!carriesResult(location.hash)) return;
    problem.replaceChildren();
    try {
      linked = decodeResult(location.hash);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      problem.replaceChildren(
        el("p", { class: "notice bad", role: "alert" }, `The link carries no result that can be shown: ${message}.`),
      );
      return;
    }
    status.textContent = "The result that the link carries. Measure this machine to compare.";
    show(linked);
    void besideOthers();
  };

  const buttons = startAndStop(start, stop, begin);
  const [link, card, json] = shares as [HTMLButtonElement, HTMLButtonElement, HTMLButtonElement];
  link.addEventListener("click", () => {
    if (!shown) return;
    history.replaceState(null, "", encodeResult(shown));
    navigator.clipboard.writeText(location.href).then(
      () => (byId("score-told").textContent = "Copied."),
      () => (byId("score-told").textContent = "Not copied: the link is in the address bar."),
    );
  });
  card.addEventListener("click", () => {
    if (!shown) return;
    drawCard(shown, panel).toBlob((blob) => {
      if (blob) save("convoke-score.png", blob);
    });
  });
  json.addEventListener("click", () => {
    if (shown) download("convoke-score.json", "application/json", `${JSON.stringify(reportOf(shown), undefined, 2)}\n`);
  });
  addEventListener("hashchange", open);
  open();
}
