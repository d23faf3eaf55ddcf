// The page's engine, made when it is first asked for, and words for where there is none.
import { ConvError, type Engine, createEngine } from "convoke";
import { el } from "./dom.ts";

let engine: Promise<Engine> | undefined;

/**
 * The engine of this page. A lost one is made anew the next time.
 * @throws ConvError where there is no WebGPU
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

/** What to tell of a failure, and where there is no WebGPU what to do. */
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

/** The adapter in words. */
export function adapterName({ adapter }: Engine["info"]): string {
  const name = [adapter.vendor, adapter.architecture, adapter.device, adapter.description].filter(Boolean).join(" ");
  return `${name === "" ? "an adapter without a name" : name}${adapter.isFallback ? " (computes on the CPU)" : ""}`;
}
