// The planner's part of the page: plans each layer, then times it, one after another, until stopped.
import type { Engine } from "convoke";
import { shapeKey } from "../../bench/layer.ts";
import { NETWORKS, type NetworkName } from "../../bench/networks.ts";
import { byId } from "../common/dom.ts";
import { PlanRow } from "./plan-rows.ts";
import { planSummary } from "./plan-summary.ts";
import { walk } from "./walk.ts";

const ask = byId("ask", HTMLButtonElement);
const time = byId("time", HTMLButtonElement);
const stop = byId("stop", HTMLButtonElement);
const status = byId("plan-status");
const progress = byId("plan-progress", HTMLProgressElement);
const now = byId("plan-now");
const results = byId("plan-results");
const summary = byId("plan-summary");
const body = byId("plan-rows");
const trouble = byId("plan-trouble");

let network: NetworkName | undefined;
let rows: PlanRow[] = [];
/** The engine that the plans belong to. */
let owner: Engine | undefined;
let running: Promise<void> | undefined;
let stopping = new AbortController();

/** Switches to another network and drops the plans of the last one. */
export function plannerFor(next: NetworkName): void {
  if (next === network) return;
  network = next;
  stopping.abort();
  results.hidden = true;
  void (running ?? Promise.resolve()).then(() => {
    if (network === next) reset();
  });
}

function reset(): void {
  for (const row of rows) row.destroy();
  rows = [];
  owner = undefined;
  body.replaceChildren();
  summary.replaceChildren();
  trouble.replaceChildren();
  results.hidden = true;
  status.textContent = "";
  enable(false);
}

function enable(busy: boolean): void {
  // Moves the focus on to a usable button: the focused one is now disabled or hidden.
  const focused = [ask, time, stop].some((button) => button === document.activeElement);
  ask.disabled = busy;
  time.disabled = busy || !rows.some((row) => row.plan);
  stop.hidden = !busy;
  progress.parentElement!.hidden = !busy;
  if (focused) (busy ? stop : time.disabled ? ask : time).focus();
}

const timedRows = (): PlanRow[] => rows.filter(({ seconds }) => seconds !== undefined);

function shareOut(): void {
  const timed = timedRows();
  const own = timed.map(({ seconds, layer }) => seconds! * layer.count);
  const total = own.reduce((sum, seconds) => sum + seconds, 0);
  for (const row of timed) row.share(total, Math.max(...own));
}

/** Shows the totals above the table once all is done, so that the table does not jump meanwhile. */
function summarise(): void {
  const timed = timedRows().length;
  const complete = rows.every((row) => row.plan) && (timed === 0 || timed === rows.length);
  if (rows.some((row) => row.plan)) summary.replaceChildren(planSummary(rows, complete));
}

/** Works through rows, one after another, and shows the progress. */
async function each(
  chosen: readonly PlanRow[],
  words: { doing: string; done: string },
  act: (row: PlanRow) => Promise<void>,
): Promise<void> {
  const { breathe, isFinal } = await import("./work.ts");
  const { signal } = stopping;
  progress.max = chosen.length;
  let [done, failures] = [0, 0];
  for (const row of chosen) {
    if (signal.aborted) break;
    progress.value = done;
    now.textContent = `${words.doing} ${done + 1} of ${chosen.length}`;
    row.busy = true;
    try {
      await act(row);
    } catch (error) {
      row.failed(error instanceof Error ? error.message : String(error));
      failures++;
      if (isFinal(error)) throw error;
    } finally {
      row.busy = false;
    }
    done++;
    shareOut();
    await breathe();
  }
  const failed = failures === 0 ? "" : ` ${failures} failed, see the table.`;
  const different = `${chosen.length} different layers`;
  status.textContent =
    done < chosen.length
      ? `Stopped: ${words.done} ${done} of ${different}.${failed}`
      : `Done: ${words.done} all ${different}.${failed}`;
}

/** Runs one task at a time, sets the buttons accordingly, and shows failures. */
function run(what: () => Promise<void>, beginning: string): void {
  if (running) return;
  stopping = new AbortController();
  status.textContent = beginning;
  now.textContent = "";
  progress.removeAttribute("value");
  trouble.replaceChildren();
  enable(true);
  running = what()
    .catch(async (error: unknown) => {
      const { explainFailure } = await import("../common/engine.ts");
      status.textContent = "";
      trouble.replaceChildren(explainFailure(error));
    })
    .finally(() => {
      running = undefined;
      summarise();
      enable(false);
    });
}

async function planAll(): Promise<void> {
  const { pageEngine } = await import("../common/engine.ts");
  const { planLayer } = await import("./work.ts");
  const engine = await pageEngine();
  const { convs } = walk(network!);
  for (const row of rows) row.destroy();
  rows = NETWORKS[network!]!.map((layer) => {
    const first = convs.find(({ shape }) => shapeKey(shape) === shapeKey(layer))!;
    return new PlanRow(layer, first.name);
  });
  owner = engine;
  body.replaceChildren(...rows.flatMap(({ elements }) => elements));
  summary.replaceChildren();
  results.hidden = false;
  await each(rows, { doing: "Planning and compiling", done: "planned" }, async (row) =>
    row.planned(await planLayer(engine, row.layer)),
  );
}

async function measure(): Promise<void> {
  const { Stopwatch } = await import("../../bench/stopwatch.ts");
  const { pageEngine } = await import("../common/engine.ts");
  const { timePlan } = await import("./work.ts");
  const engine = await pageEngine();
  // A lost device took the plans with it.
  if (engine !== owner) await planAll();
  if (stopping.signal.aborted) return;
  const stopwatch = new Stopwatch(engine.device);
  const planned = rows.filter((row) => row.plan);
  for (const row of planned) row.untime();
  await each(planned, { doing: "Timing", done: "timed" }, async (row) =>
    row.timed(await timePlan(engine, stopwatch, row.plan!, row.layer)),
  );
}

ask.addEventListener("click", () => run(planAll, "Planning each different layer."));
time.addEventListener("click", () => run(measure, "Timing each planned layer on random data."));
stop.addEventListener("click", () => {
  stopping.abort();
  now.textContent = "Stopping after this layer";
});
