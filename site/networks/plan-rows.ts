// The rows of the planner's table: a layer each, filled in as plans and times come.
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
  /** Of one run. */
  seconds: number | undefined;
  readonly #algorithm = el("td", { class: "muted" }, "–");
  readonly #workspace = el("td", { class: "number" });
  readonly #why = el("td", { class: "why", colspan: 7 }, "–");
  readonly #time = el("td", { class: "number" });
  readonly #speed = el("td", { class: "number" });
  readonly #share = el("td", { class: "number share-cell" });

  /** @param name of the first of the layers that are alike */
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

  /** Whether it is being worked on. */
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

  /** Its part of the seconds that all layers with a time take, and that of the largest. */
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

  /** Forgets a time, before it is taken again. */
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
