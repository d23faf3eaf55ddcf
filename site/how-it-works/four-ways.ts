// The second part: one small convolution by four algorithms, in the page and on the GPU.
import { byId, el } from "../common/dom.ts";
import { number } from "../common/format.ts";
import { directExact } from "./direct.ts";
import { KERNELS, smallKernel, smallMap } from "./kernels.ts";
import { largestDifference } from "./matrix.ts";
import type { Comparison } from "./state.ts";
import { directWay } from "./way-direct.ts";
import { fftWay } from "./way-fft.ts";
import { im2colWay } from "./way-im2col.ts";
import { winogradWay } from "./way-winograd.ts";
import { ALGORITHMS, type AlgorithmName, type Problem, TITLES, type Way } from "./way.ts";

export class FourWays {
  #comparison: Comparison;
  #problem!: Problem;
  #ways!: Record<AlgorithmName, Way>;
  /** Counts the problems shown, so that late answers to earlier ones are dropped. */
  #shown = 0;
  readonly #changed: (comparison: Comparison) => void;

  constructor(comparison: Comparison, changed: (comparison: Comparison) => void) {
    this.#comparison = comparison;
    this.#changed = changed;
    this.#listen();
    this.show(comparison);
  }

  show(comparison: Comparison): void {
    this.#shown++;
    this.#comparison = comparison;
    const { kernel, dilation, seed } = comparison;
    const problem: Problem = { x: smallMap(seed), w: smallKernel(kernel, seed), dilation };
    this.#problem = problem;
    byId("way-kernel", HTMLSelectElement).value = kernel;
    byId("way-dilation", HTMLSelectElement).value = String(dilation);
    this.#ways = {
      direct: directWay(problem, (row, column) => this.#choose(row, column)),
      im2col: im2colWay(problem),
      winograd: winogradWay(problem),
      fft: fftWay(problem),
    };
    const exact = directExact(problem.x, problem.w, dilation);
    const rows = ALGORITHMS.map((name) => {
      const { nodes, output, products } = this.#ways[name];
      const difference = output && number(largestDifference(output, exact));
      const card = byId(`way-${name}`);
      card.querySelector(".drawing")!.replaceChildren(...nodes);
      card
        .querySelector(".difference")!
        .replaceChildren(
          ...(difference === undefined
            ? []
            : ["Largest difference from float64: ", el("strong", { class: "number" }, difference)]),
        );
      return el(
        "tr",
        { "data-algorithm": name },
        el("th", { scope: "row" }, TITLES[name]),
        el("td", { class: "number" }, products),
        el("td", { class: "number page" }, difference ?? "not supported"),
        el("td", { class: "number gpu" }, "–"),
        el("td", { class: "variant" }, "–"),
      );
    });
    byId("differences").replaceChildren(...rows);
    byId("compare-status").textContent = "";
    byId("compare-failure").replaceChildren();
    this.#mark();
  }

  #mark(): void {
    const [row, column] = this.#comparison.output;
    for (const name of ALGORITHMS) this.#ways[name].mark(row, column);
  }

  #choose(row: number, column: number): void {
    const [oldRow, oldColumn] = this.#comparison.output;
    if (row === oldRow && column === oldColumn) return;
    this.#comparison = { ...this.#comparison, output: [row, column] };
    this.#mark();
    this.#changed(this.#comparison);
  }

  #change(part: Partial<Comparison>): void {
    // A larger window has fewer outputs.
    const output = part.dilation === undefined ? this.#comparison.output : ([0, 0] as const);
    this.show({ ...this.#comparison, output, ...part });
    this.#changed(this.#comparison);
  }

  async #compare(): Promise<void> {
    const shown = this.#shown;
    const status = byId("compare-status");
    const button = byId("compare", HTMLButtonElement);
    byId("compare-failure").replaceChildren();
    button.disabled = true;
    status.textContent = "Starting the engine…";
    const { adapterName, explainFailure, pageEngine } = await import("../common/engine.ts");
    try {
      const { compareOne } = await import("./gpu-compare.ts");
      const engine = await pageEngine();
      for (const name of ALGORITHMS) {
        if (shown !== this.#shown) return;
        status.textContent = `Running ${TITLES[name]}…`;
        const result = await compareOne(engine, name, this.#problem);
        if (shown !== this.#shown) return;
        const row = byId("differences").querySelector(`[data-algorithm="${name}"]`)!;
        const [difference, variant] = [row.querySelector(".gpu")!, row.querySelector(".variant")!];
        difference.textContent = "refused" in result ? "refused" : number(result.difference);
        variant.textContent = "refused" in result ? result.refused : result.variant;
        variant.classList.toggle("words", "refused" in result);
      }
      status.textContent = `Compared with the reference on ${adapterName(engine.info)}.`;
    } catch (error) {
      if (shown === this.#shown) {
        status.textContent = "";
        byId("compare-failure").replaceChildren(explainFailure(error));
      }
    } finally {
      button.disabled = false;
    }
  }

  #listen(): void {
    byId("way-options").addEventListener("submit", (event) => event.preventDefault());
    const kernel = byId("way-kernel", HTMLSelectElement);
    kernel.addEventListener("change", () => this.#change({ kernel: KERNELS.find((name) => name === kernel.value)! }));
    const dilation = byId("way-dilation", HTMLSelectElement);
    dilation.addEventListener("change", () => this.#change({ dilation: Number(dilation.value) }));
    byId("way-reseed").addEventListener("click", () => this.#change({ seed: (this.#comparison.seed + 1) % 10_000 }));
    byId("compare").addEventListener("click", () => void this.#compare());
  }
}
