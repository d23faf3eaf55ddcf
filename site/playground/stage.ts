// The card of the picture: the source beside its result, the description of the plan, and errors.
import type { ConvPlan } from "convoke";
import { byId, el } from "../common/dom.ts";
import type { Size } from "../common/photos.ts";
import { Facts } from "./facts.ts";
import type { Picture } from "./filter-plan.ts";
import { filterNamed } from "./kernels.ts";
import type { Settings } from "./settings.ts";

/** Pictures narrower than this are enlarged, with visible pixels. */
const COARSE = 320;

export class Stage {
  readonly facts = new Facts();
  readonly save = byId("save", HTMLButtonElement);
  readonly #card = byId("stage");
  readonly #trouble = byId("trouble");
  readonly #status = byId("status");
  /** The description of the plan's result. */
  #made = "";

  get result(): HTMLCanvasElement {
    return byId("result", HTMLCanvasElement);
  }

  /** Shows another source. */
  picked(picture: Picture, size: Size, caption: string): void {
    this.#card.dataset["state"] = "live";
    byId("pair").hidden = false;
    // Until there is a result, its place has the size of the source.
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

  /** Shows a plan, whose result comes with the next frame. */
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

  /** Describes what the result shows. */
  describe({ filter, rows, columns }: Settings): void {
    const title = `${filterNamed(filter)?.title ?? "The edited kernel"}, ${columns} × ${rows}`;
    this.result.setAttribute("aria-label", `${title}, applied to the source`);
    this.#status.textContent = `${title}: ${this.#made}.`;
  }

  /** Says why there is no result for the current choice; the canvas still shows an earlier one. */
  refuse(notice: HTMLElement): void {
    this.#trouble.replaceChildren(notice);
    this.#card.classList.add("stale");
    this.save.disabled = true;
    this.facts.clear();
    this.#status.textContent = "";
  }

  /** Says that the GPU was lost, and offers to restart. */
  lost(error: Error, again: () => void): void {
    const button = el("button", { type: "button", click: again }, "Start again");
    const words = el("p", {}, el("strong", {}, "The GPU went away. "), error.message);
    this.refuse(el("div", { class: "notice bad", role: "alert" }, words, el("p", {}, button)));
  }

  /** Says why a source failed. The result of the previous one stays valid. */
  complain(error: unknown): void {
    const words = error instanceof Error ? error.message : String(error);
    this.#trouble.replaceChildren(el("div", { class: "notice bad", role: "alert" }, el("p", {}, words)));
  }

  /** Replaces the canvas of the result: after WebGPU has drawn on it, nothing else can. */
  renewResult(): void {
    const canvas = this.result.cloneNode() as HTMLCanvasElement;
    canvas.classList.add("empty");
    this.result.replaceWith(canvas);
  }
}
