// The Run and Stop buttons, and the progress of a run.
import type { Engine } from "convoke";
import { byId } from "../common/dom.ts";
import { explainFailure } from "../common/engine.ts";
import { exclusively, startAndStop } from "./activity.ts";
import { askWorker } from "./ask-worker.ts";
import type { SelectionForm } from "./form.ts";
import { jobsOf } from "./jobs.ts";
import { machineOf, roofText } from "./machine.ts";
import { peerFrames } from "./peers/frames.ts";
import type { Results } from "./results.ts";
import type { RooflineAnswer } from "./roofline-worker.ts";
import type { Roof } from "./rows.ts";
import { run } from "./run.ts";
import { until } from "./slices.ts";
import { roughly } from "./time-left.ts";

const SAMPLES = 5;

/** The most multiply-adds for the CPU reference, which takes a few seconds for them. */
const REFERENCE_MULTIPLY_ADDS = 2e8;

/** Measures the roofline in a worker. */
export async function measureRoof(signal: AbortSignal): Promise<Roof> {
  const worker = new Worker(new URL("./roofline-worker.ts", import.meta.url), { type: "module" });
  return (await askWorker<RooflineAnswer>(worker, null, signal)).roof;
}

export function runPanel(find: () => Promise<Engine>, form: SelectionForm, results: Results): void {
  const start = byId("run", HTMLButtonElement);
  const stop = byId("stop", HTMLButtonElement);
  const bar = byId("progress", HTMLProgressElement);
  const now = byId("now");
  const status = byId("run-status");
  const problem = byId("run-problem");
  const roofLine = byId("roof");
  let total = 0;
  let done = 0;

  const work = async (signal: AbortSignal): Promise<void> => {
    now.textContent = "Finding the adapter";
    const engine = await until(signal, find());
    const selection = form.read();
    const jobs = jobsOf(selection);
    total = jobs.length;
    if (total === 0) return;
    results.begin(machineOf(engine));
    bar.max = total;
    status.textContent = `Measuring ${total} ${total === 1 ? "way" : "ways"} to compute the layers.`;
    now.textContent = "Measuring the roofline of this adapter";
    roofLine.textContent = "";
    try {
      const roof = await measureRoof(signal);
      results.setRoof(roof);
      roofLine.textContent = `Roofline of this adapter, measured in this run: ${roofText(roof)}.`;
    } catch (error) {
      signal.throwIfAborted();
      roofLine.textContent = `The roofline could not be measured: ${error instanceof Error ? error.message : String(error)}`;
    }
    let left = roughly(undefined);
    const pages = peerFrames();
    try {
      await run({
        ...{ engine, jobs, signal, samples: SAMPLES, referenceMultiplyAdds: REFERENCE_MULTIPLY_ADDS },
        ...(selection.peers.length > 0 && { others: { names: selection.peers, pages } }),
        events: {
          stage: ({ layer, pass, algorithm }, words) => {
            now.textContent = `${done + 1} of ${total}: ${layer.id} ${pass} by ${algorithm}, ${words}; ${left}`;
          },
          progress: (count, seconds) => {
            done = count;
            bar.value = count;
            left = roughly(seconds);
          },
          row: (row) => results.add(row),
        },
      });
    } finally {
      await pages.close();
    }
  };

  const begin = async (): Promise<void> => {
    [done, total] = [0, 0];
    bar.value = 0;
    problem.replaceChildren();
    status.textContent = "";
    form.disable(true);
    byId("progress-panel").hidden = false;
    buttons.began();
    try {
      const { stopped } = await exclusively(work);
      if (total === 0 && !stopped)
        status.textContent = "Nothing to measure: choose a layer, a pass, an algorithm, a type and a layout.";
      else if (stopped && done === 0) status.textContent = "Stopped before anything was measured.";
      else if (stopped) status.textContent = `Stopped: ${done} of ${total} measured, which are kept.`;
      else status.textContent = `Done: ${done} of ${total} measured.`;
    } catch (error) {
      status.textContent = total > 0 ? `Ended early: ${done} of ${total} measured, which are kept.` : "";
      problem.replaceChildren(explainFailure(error));
    } finally {
      now.textContent = "";
      results.flush();
      form.disable(false);
      byId("progress-panel").hidden = true;
      buttons.ended();
    }
  };

  const buttons = startAndStop(start, stop, begin);
}
