// Puts the benchmark page together.
import { byId } from "../common/dom.ts";
import { onActivity } from "./activity.ts";
import { adapterCard } from "./adapter-card.ts";
import { exchangePanel } from "./exchange-panel.ts";
import { selectionForm } from "./form.ts";
import { jobsOf } from "./jobs.ts";
import { modelsPanel } from "./models/panel.ts";
import { createResults } from "./results.ts";
import { measureRoof, runPanel } from "./run-panel.ts";
import { scorePanel } from "./score/panel.ts";
import { decodeSelection, encodeSelection } from "./selection.ts";
import { sweepPanel } from "./sweep-panel.ts";

/** Fills the page and listens to its controls. Nothing is computed until the visitor asks. */
export function startPage(): void {
  const form = selectionForm(() => {
    history.replaceState(null, "", `#${encodeSelection(form.read())}`);
    tellCount();
  });

  function tellCount(): void {
    const count = jobsOf(form.read()).length;
    byId("count").textContent =
      count === 0
        ? "Nothing to measure: choose a layer, a pass, an algorithm, a type and a layout."
        : `${count} ${count === 1 ? "measurement" : "measurements"}`;
  }

  function restore(): void {
    form.write(decodeSelection(location.hash));
    tellCount();
  }

  const card = adapterCard((engine) => {
    form.allowHalves(engine.info.features.includes("shader-f16"));
    tellCount();
  });
  const results = createResults(() => exchange.update());
  const exchange = exchangePanel(() => results.report());
  runPanel(() => card.find(), form, results);
  sweepPanel(() => card.find());
  modelsPanel();
  scorePanel({ find: () => card.find(), measureRoof });
  restore();
  exchange.update();
  addEventListener("hashchange", restore);

  onActivity((busy) => {
    byId("find-adapter", HTMLButtonElement).disabled = busy;
  });
  byId("copy-link").addEventListener("click", () => {
    const hash = `#${encodeSelection(form.read())}`;
    history.replaceState(null, "", hash);
    navigator.clipboard.writeText(location.href).then(
      () => (byId("link-status").textContent = "Copied."),
      () => (byId("link-status").textContent = "Not copied: the link is in the address bar."),
    );
  });
}
