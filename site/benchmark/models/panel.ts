// The panel of whole networks: times them here, and shows what `npm run bench` measured of them beside other engines.
import { byId, el, tableHead } from "../../common/dom.ts";
import { explainFailure } from "../../common/engine.ts";
import { bytes, duration, number } from "../../common/format.ts";
import { exclusively, startAndStop } from "../activity.ts";
import { percent } from "../results-table.ts";
import { spreadOf } from "../rows.ts";
import { COLUMNS, recordedTable } from "./recorded.ts";

/** Fetched when it is first needed: the reader of layers-models with all operations. */
const loadNetworks = () => import("./networks.ts");

export function modelsPanel(): void {
  const start = byId("models-start", HTMLButtonElement);
  const stop = byId("models-stop", HTMLButtonElement);
  const status = byId("models-status");
  const rows = el("tbody", {});
  const cell = (text: string, beneath?: string): HTMLElement =>
    el("td", { class: "number" }, text, beneath !== undefined && el("span", { class: "muted small beneath" }, beneath));

  const begin = async (): Promise<void> => {
    rows.replaceChildren();
    byId("models-table").replaceChildren(el("table", {}, tableHead("Network", COLUMNS), rows));
    buttons.began();
    try {
      const { stopped } = await exclusively(async (signal) => {
        const { NETWORKS, timeNetwork } = await loadNetworks();
        for (const network of NETWORKS) {
          signal.throwIfAborted();
          status.textContent = `Loading, compiling and timing ${network.name}.`;
          const { milliseconds, samples, firstMilliseconds, peakBytes } = await timeNetwork(network, signal);
          rows.append(
            el(
              "tr",
              {},
              el(
                "th",
                { scope: "row" },
                el("span", { class: "layer" }, network.name),
                el("span", { class: "muted small what" }, network.about),
              ),
              cell(number(1000 / milliseconds)),
              cell(duration(milliseconds), `± ${percent((spreadOf(samples) ?? 0) / 2)}`),
              cell(`${number(firstMilliseconds / 1000)} s`),
              cell(bytes(peakBytes)),
            ),
          );
        }
      });
      status.textContent = stopped ? "Stopped." : "Done.";
    } catch (error) {
      status.replaceChildren(explainFailure(error));
    } finally {
      buttons.ended();
    }
  };
  const buttons = startAndStop(start, stop, begin);

  const recorded = byId("models-recorded", HTMLDetailsElement);
  recorded.addEventListener("toggle", () => {
    if (!recorded.open || recorded.querySelector("table")) return;
    void recordedTable().then(
      ({ name, table }) => byId("models-peers").replaceChildren(el("p", { class: "small muted" }, name), table),
      (error: unknown) => byId("models-peers").replaceChildren(explainFailure(error)),
    );
  });
}
