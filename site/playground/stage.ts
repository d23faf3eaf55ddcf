// The card of the picture: the source beside its result, what is to be said of the plan, and trouble in words.
import type { ConvPlan } from "convoke";
import { byId, el } from "../common/dom.ts";
import { Facts } from "./facts.ts";
import type { Picture, Size } from "./filter-plan.ts";
import { filterNamed } from "./kernels.ts";
import type { Settings } from "./settings.ts";

/** Pictures narrower than this are shown larger than they are, with their pixels to be seen. */
const COARSE = 320;

export class Stage {
  readonly facts = new Facts();
  readonly save = byId("save", HTMLButtonElement);
  readonly #card = byId("stage");
  readonly #trouble = byId("trouble");
  readonly #status = byId("status");
  /** What the plan makes, in words. */
  #made = "";

  get result(): HTMLCanvasElement {
    return byId("result", HTMLCanvasElement);
  }

  /** There is another source. */
  picked(picture: Picture, size: Size, caption: string): void {
    this.#card.dataset["state"] = "live";
    byId("pair").hidden = false;
    // Until there is a result its place is as large as the source.
    if (this.result.classList.contains("empty")) Object.assign(this.result, size);
    if (!this.#card.classList.contains("stale")) this.#trouble.replaceChildren();
    byId("source").classList.toggle("coarse", size.width < COARSE);
    byId("source-caption").textContent = caption;
    byId("camera-facts").hidden = !(picture instanceof HTMLVideoElement);
    this.facts.restart();
  }

  asking(): void {
    this.#status.textContent = "Asking for the GPU…";
  }

  /** There is a plan, and a result of it with the next frame. */
  planned(plan: ConvPlan, { width, height }: Size, settings: Settings): void {
    this.#trouble.replaceChildren();
    this.#card.classList.remove("stale");
    this.save.disabled = false;
    this.facts.planned(plan);
    this.result.classList.remove("empty");
    this.result.classList.toggle("coarse", width < COARSE);
    byId("result-caption").textContent = `Result, ${width} × ${height}`;
    this.#made = `${width} × ${height} outputs by ${plan.algorithm}`;
    this.describe(settings);
  }

  /** Says what the result is of. */
  describe({ filter, rows, columns }: Settings): void {
    const title = `${filterNamed(filter)?.title ?? "The edited kernel"}, ${columns} × ${rows}`;
    this.result.setAttribute("aria-label", `${title}, applied to the source`);
    this.#status.textContent = `${title}: ${this.#made}.`;
  }

  /** Says why there is no result of what is chosen. What the canvas shows is of something else. */
  refuse(notice: HTMLElement): void {
    this.#trouble.replaceChildren(notice);
    this.#card.classList.add("stale");
    this.save.disabled = true;
    this.facts.clear();
    this.#status.textContent = "";
  }

  /** Says that the GPU was lost, and offers to begin again. */
  lost(error: Error, again: () => void): void {
    const button = el("button", { type: "button", click: again }, "Start again");
    const words = el("p", {}, el("strong", {}, "The GPU went away. "), error.message);
    this.refuse(el("div", { class: "notice bad", role: "alert" }, words, el("p", {}, button)));
  }

  /** Says why there is no such source. The result of the one before is as good as it was. */
  complain(error: unknown): void {
    const words = error instanceof Error ? error.message : String(error);
    this.#trouble.replaceChildren(el("div", { class: "notice bad", role: "alert" }, el("p", {}, words)));
  }

  /** Puts a new canvas in the place of the result's: one that WebGPU has drawn on can be drawn on by nothing else. */
  renewResult(): void {
    const canvas = this.result.cloneNode() as HTMLCanvasElement;
    canvas.classList.add("empty");
    this.result.replaceWith(canvas);
  }
}
