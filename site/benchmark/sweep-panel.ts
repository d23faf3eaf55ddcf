// The panel of sweeps, each with its own Start and Stop.
import type { Engine } from "convoke";
import { byId, el } from "../common/dom.ts";
import { explainFailure } from "../common/engine.ts";
import { exclusively, startAndStop } from "./activity.ts";
import { createChart } from "./chart.ts";
import type { Row } from "./rows.ts";
import { run } from "./run.ts";
import { until } from "./slices.ts";
import { SCALES, SWEEPS, type Scale, type Sweep, sweepChart, sweepJobs } from "./sweeps.ts";
import { roughly } from "./time-left.ts";

/** Fewer samples than for a layer: the shape of the line matters, and it has many points. */
const SAMPLES = 3;

/** Under a second of the CPU reference; beyond, "direct" is the ground truth. */
const REFERENCE_MULTIPLY_ADDS = 2e7;

function card(find: () => Promise<Engine>, scale: () => Scale, sweep: Sweep): HTMLElement {
  const chart = createChart(sweep.title, "Drawn while the sweep runs.");
  const start = el("button", { type: "button", "aria-label": `Start: ${sweep.title}` }, "Start");
  const stop = el("button", { type: "button", disabled: true, "aria-label": `Stop: ${sweep.title}` }, "Stop");
  const status = el("div", { class: "small muted", role: "status" });
  const now = el("p", { class: "small muted now" });

  const begin = async (): Promise<void> => {
    const jobs = sweepJobs(sweep, scale());
    const rows: Row[] = [];
    let left = roughly(undefined);
    status.textContent = "";
    buttons.began();
    try {
      const { stopped } = await exclusively(async (signal) => {
        const engine = await until(signal, find());
        chart.show(undefined);
        await run({
          ...{ engine, jobs, signal, samples: SAMPLES, referenceMultiplyAdds: REFERENCE_MULTIPLY_ADDS },
          events: {
            stage: ({ layer, algorithm }, words) => {
              now.textContent = `${rows.length + 1} of ${jobs.length}: ${layer.id} by ${algorithm}, ${words}; ${left}`;
            },
            progress: (_, seconds) => {
              left = roughly(seconds);
            },
            row: (row) => {
              rows.push(row);
              chart.show(sweepChart(sweep, rows));
            },
          },
        });
      });
      status.textContent = `${stopped ? "Stopped" : "Done"}: ${rows.length} of ${jobs.length} points measured.`;
    } catch (error) {
      status.replaceChildren(explainFailure(error));
    } finally {
      now.textContent = "";
      buttons.ended();
    }
  };

  const buttons = startAndStop(start, stop, begin);
  return el(
    "div",
    { class: "card sweep", id: `sweep-${sweep.id}` },
    chart.element,
    el("p", { class: "small about" }, sweep.about),
    el("div", { class: "row" }, start, stop),
    now,
    status,
  );
}

export function sweepPanel(find: () => Promise<Engine>): void {
  const scale = byId("scale", HTMLSelectElement);
  scale.append(...Object.entries(SCALES).map(([value, { name }]) => el("option", { value }, name)));
  scale.value = "medium";
  byId("sweeps").append(...SWEEPS.map((sweep) => card(find, () => scale.value as Scale, sweep)));
}
