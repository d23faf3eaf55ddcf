// Exports and imports: files of results, the link to a selection, and the comparison with a file of another machine.
import { byId, el } from "../common/dom.ts";
import { createChart } from "./chart.ts";
import { comparison, reportName } from "./comparison-view.ts";
import { toCsv } from "./csv.ts";
import { acceptFiles, download, textOf } from "./files.ts";
import { KNOWN } from "./known.ts";
import { parseReport } from "./load.ts";
import { peersChart } from "./result-charts.ts";
import type { Report } from "./rows.ts";

export interface ExchangePanel {
  /** Call it when the results change. */
  update(): void;
}

export function exchangePanel(current: () => Report | undefined): ExchangePanel {
  const place = byId("comparison");
  const status = byId("import-status");
  const peers = createChart("Times beside other engines, from the file", "");
  byId("imported-peers").append(peers.element);
  peers.element.hidden = true;
  /** Reports from files, the latest last. */
  let imported: { name: string; report: Report }[] = [];

  const update = (): void => {
    const here = current();
    for (const id of ["save-json", "save-csv"]) byId(id, HTMLButtonElement).disabled = !here;
    const [left, right] = [...(here ? [{ name: "here", report: here }] : []), ...imported.slice(here ? -1 : -2)];
    byId("forget", HTMLButtonElement).hidden = imported.length === 0;
    if (left && right) {
      // Files of the same name are numbered.
      const names = [left.name, right.name === left.name ? `${right.name} (2)` : right.name] as const;
      place.replaceChildren(
        el(
          "dl",
          { class: "facts" },
          ...[left, right].map(({ report }, at) =>
            el(
              "div",
              {},
              el("dt", {}, names[at]),
              el("dd", {}, `${reportName(report)}, ${report.made.slice(0, 16).replace("T", " ")}`),
            ),
          ),
        ),
        comparison(left.report, right.report, names),
      );
    } else if (left && imported.length > 0) {
      place.replaceChildren(
        el(
          "p",
          {},
          `${left.name}: ${reportName(left.report)}, ${left.report.rows.length} rows. Run the same here, or load a second file.`,
        ),
      );
    } else place.replaceChildren();
    const beside = peersChart(imported.at(-1)?.report.rows ?? []);
    peers.element.hidden = beside === undefined;
    peers.show(beside);
  };

  const add = async (name: string, loading: Promise<Report>): Promise<void> => {
    try {
      const report = await loading;
      imported = [...imported, { name, report }].slice(-2);
      status.className = "small muted";
      status.textContent = `Loaded ${name}: ${report.rows.length} rows of ${reportName(report)}.`;
    } catch (error) {
      status.className = "notice bad";
      status.textContent = `${name} was not loaded: ${error instanceof Error ? error.message : String(error)}`;
    }
    update();
  };
  const take = async (files: readonly File[]): Promise<void> => {
    for (const file of files) await add(file.name, textOf(file).then(parseReport));
  };

  const known = byId("known", HTMLSelectElement);
  known.append(...KNOWN.map(({ name }, at) => el("option", { value: at }, name)));
  known.addEventListener("change", () => {
    const chosen = known.value === "" ? undefined : KNOWN[Number(known.value)];
    known.value = "";
    if (chosen) void add(chosen.name, chosen.load());
  });
  acceptFiles(byId("import", HTMLInputElement), byId("exchange"), (files) => void take(files));
  byId("forget").addEventListener("click", () => {
    imported = [];
    status.textContent = "";
    update();
    byId("import").focus();
  });
  byId("save-json").addEventListener("click", () => {
    const report = current();
    if (report) download("convoke-benchmark.json", "application/json", `${JSON.stringify(report, undefined, 2)}\n`);
  });
  byId("save-csv").addEventListener("click", () => {
    const report = current();
    if (report) download("convoke-benchmark.csv", "text/csv", toCsv(report));
  });
  return { update };
}
