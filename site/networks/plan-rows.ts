// The rows of the planner's table: one for each layer, filled in as plans and times arrive.
import type { ConvPlan } from "convoke";
import { type Layer, describeLayer } from "../../bench/layer.ts";
import { el } from "../common/dom.ts";
import { bytes, duration, number } from "../common/format.ts";
import { algorithmChip, algorithmClass } from "./algorithms.ts";
import { shortReason } from "./reason.ts";
import { percent } from "./share-bar.ts";

export class PlanRow {
  readonly layer: Layer;
  /** The numbers, and below them the reason. */
  readonly elements: readonly [HTMLTableRowElement, HTMLTableRowElement];
  plan: ConvPlan | undefined;
  /** The seconds of one run. */
  seconds: number | undefined;
  readonly #algorithm = el("td", { class: "muted" }, "–");
  readonly #workspace = el("td", { class: "number" });
  readonly #why = el("td", { class: "why", colspan: 7 }, "–");
  readonly #time = el("td", { class: "number" });
  readonly #speed = el("td", { class: "number" });
  readonly #share = el("td", { class: "number share-cell" });

  /** @param name the first of the equal layers */
  constructor(layer: Layer, name: string) {
    this.layer = layer;
    const numbers = el(
      "tr",
      { "data-state": "waiting" },
      el(
        "th",
        { scope: "row" },
        el("span", { class: "layer-name" }, name),
        el("span", { class: "layer-shape" }, describeLayer({ ...layer, count: 1 })),
      ),
      el("td", { class: "number" }, layer.count),
      this.#algorithm,
      this.#workspace,
      this.#time,
      this.#speed,
      this.#share,
    );
    this.elements = [numbers, el("tr", {}, this.#why)];
  }

  set #state(state: "planned" | "timed" | "failed") {
    this.elements[0].dataset["state"] = state;
  }

  /** Whether the row is being planned or timed. */
  set busy(busy: boolean) {
    this.elements[0].ariaBusy = String(busy);
  }

  planned(plan: ConvPlan): void {
    this.plan = plan;
    this.#state = "planned";
    this.#algorithm.className = "";
    this.#algorithm.replaceChildren(
      algorithmChip(plan.algorithm),
      " ",
      el("span", { class: "variant muted" }, plan.variant),
    );
    this.#workspace.textContent = plan.workspaceBytes === 0 ? "none" : bytes(plan.workspaceBytes);
    const explanation = plan.explain();
    this.#why.replaceChildren(
      el("details", {}, el("summary", {}, shortReason(explanation)), el("pre", {}, explanation)),
    );
  }

  timed(seconds: number): void {
    this.seconds = seconds;
    this.#state = "timed";
    this.#time.textContent = duration(seconds * 1000);
    this.#speed.textContent = number(this.plan!.flops / seconds / 1e9);
  }

  /** Shows its share of the time of all timed layers, and its size relative to the largest. */
  share(total: number, largest: number): void {
    if (this.seconds === undefined || !this.plan) return;
    const own = this.seconds * this.layer.count;
    this.#share.replaceChildren(
      el("span", {}, percent(own / total)),
      el(
        "span",
        { class: "thin", "aria-hidden": "true" },
        el("span", {
          class: `thin-fill ${algorithmClass(this.plan.algorithm)}`,
          style: `inline-size:${(100 * own) / largest}%`,
        }),
      ),
    );
  }

  /** Clears the time before it is measured again. */
  untime(): void {
    this.seconds = undefined;
    for (const cell of [this.#time, this.#speed, this.#share]) cell.replaceChildren();
  }

  failed(message: string): void {
    this.#state = "failed";
    this.#why.replaceChildren(el("span", { class: "failure" }, message));
    if (!this.plan) this.#algorithm.textContent = "none";
  }

  destroy(): void {
    this.plan?.destroy();
    this.plan = undefined;
  }
}
