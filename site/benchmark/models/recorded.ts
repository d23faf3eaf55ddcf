// What `npm run bench -- --suite models` measured of whole networks beside other engines, on a machine of this repository.
import { el, tableHead } from "../../common/dom.ts";
import { bytes, duration, number } from "../../common/format.ts";

const FILES = import.meta.glob<string>("../../../bench/results/models/*.json", {
  query: "?url",
  import: "default",
  eager: true,
});

interface Recorded {
  readonly date: string;
  readonly browser: string;
  readonly adapter: { readonly architecture: string };
  readonly models: readonly {
    readonly model: string;
    readonly engine: string;
    readonly backend: string;
    readonly result?: { readonly firstMilliseconds: number; readonly milliseconds: number; readonly peakBytes: number };
  }[];
}

/** What is known of a network's times. */
export const COLUMNS = ["Frames a second", "A run", "First run", "GPU memory"] as const;

const ENGINES: Readonly<Record<string, string>> = {
  convoke: "Convoke",
  tfjs: "TensorFlow.js",
  onnx: "ONNX Runtime Web",
};

/** Returns the latest results as a table. */
export async function recordedTable(): Promise<{ name: string; table: HTMLElement }> {
  const address = FILES[Object.keys(FILES).toSorted().at(-1)!]!;
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the results could not be loaded: ${response.status}`);
  const { date, browser, adapter, models } = (await response.json()) as Recorded;
  const cell = (text: string): HTMLElement => el("td", { class: "number" }, text);
  const rows = models.map(({ model, engine, backend, result }) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, model),
      el("td", {}, `${ENGINES[engine] ?? engine}, ${backend === "webgpu" ? "WebGPU" : "WebAssembly"}`),
      ...(result
        ? [
            cell(number(1000 / result.milliseconds)),
            cell(duration(result.milliseconds)),
            cell(`${number(result.firstMilliseconds / 1000)} s`),
            cell(backend === "webgpu" ? bytes(result.peakBytes) : "–"),
          ]
        : [el("td", { colspan: 4, class: "muted" }, "no result")]),
    ),
  );
  const head = tableHead("Network", COLUMNS);
  head.querySelector("th")!.after(el("th", { scope: "col" }, "Engine"));
  const table = el(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": "Networks beside other engines" },
    el("table", {}, head, el("tbody", {}, ...rows)),
  );
  return { name: `${adapter.architecture}, ${browser}, ${date.slice(0, 10)}`, table };
}
