// The page's engine, created on first use, and messages for when there is none.
import { ConvError, type Engine, createEngine } from "convoke";
import { el } from "./dom.ts";

let engine: Promise<Engine> | undefined;

/**
 * Returns the engine of this page. A lost one is replaced on the next call.
 * @throws ConvError if there is no WebGPU
 */
export function pageEngine(): Promise<Engine> {
  engine ??= createEngine().then(
    (made) => {
      void made.lost.then(() => (engine = undefined));
      return made;
    },
    (error: unknown) => {
      engine = undefined;
      throw error;
    },
  );
  return engine;
}

/** Explains a failure to the visitor, and what to do without WebGPU. */
export function explainFailure(error: unknown): HTMLElement {
  const code = error instanceof ConvError ? error.code : undefined;
  const message = error instanceof Error ? error.message : String(error);
  if (code !== "no-webgpu" && code !== "no-adapter" && code !== "no-device")
    return el("div", { class: "notice bad", role: "alert" }, el("p", {}, message));
  return el(
    "div",
    { class: "notice bad", role: "alert" },
    el("p", {}, el("strong", {}, "This browser offers no WebGPU here.")),
    el(
      "p",
      {},
      "Chrome, Edge, Safari and Firefox have it in their current versions, on pages from https or localhost. In Chrome on Linux, ",
      "chrome://gpu says whether it is blocked; in Firefox about:support does. On a machine without a GPU, start Chrome with ",
      el("code", {}, "--enable-unsafe-swiftshader --use-webgpu-adapter=swiftshader"),
      " to compute on the CPU.",
    ),
    el("p", { class: "muted small" }, message),
  );
}

/** Returns the name of the adapter. */
export function adapterName({ adapter }: Engine["info"]): string {
  const name = [adapter.vendor, adapter.architecture, adapter.device, adapter.description].filter(Boolean).join(" ");
  return `${name === "" ? "an adapter without a name" : name}${adapter.isFallback ? " (computes on the CPU)" : ""}`;
}
