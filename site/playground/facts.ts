// The facts that the page shows of the plan and its times.
import type { ConvPlan } from "convoke";
import { byId } from "../common/dom.ts";
import { duration, metric } from "../common/format.ts";

/** The number of frames in a mean. */
const FRAMES = 20;

/** Milliseconds between updates of a number: faster ones are unreadable. */
const READABLE = 250;

const UNKNOWN = "–";

export class Facts {
  #frames: number[] = [];
  /** The times at which camera frames were painted. */
  #turns: number[] = [];
  #written = 0;

  planned(plan: ConvPlan): void {
    byId("fact-algorithm").textContent = plan.algorithm;
    byId("fact-work").textContent = `${metric(plan.flops)} FLOP`;
    byId("fact-convolution").textContent = UNKNOWN;
    byId("explanation").textContent = `variant ${plan.variant}\n\n${plan.explain()}`;
    this.restart();
  }

  /** Clears the facts: no plan is made. */
  clear(): void {
    for (const id of ["fact-algorithm", "fact-work", "fact-convolution"]) byId(id).textContent = UNKNOWN;
    byId("explanation").textContent = UNKNOWN;
    this.restart();
  }

  /** Clears the times, which belong to an earlier plan or picture. */
  restart(): void {
    this.#frames = [];
    this.#turns = [];
    this.#written = 0;
    byId("fact-frame").textContent = UNKNOWN;
    byId("fact-rate").textContent = UNKNOWN;
  }

  frameTook(milliseconds: number): void {
    this.#frames = [...this.#frames.slice(1 - FRAMES), milliseconds];
    this.#write();
  }

  /** Shows the times of a still picture. */
  measured(frame: number, convolution: number): void {
    byId("fact-frame").textContent = duration(frame);
    byId("fact-convolution").textContent = duration(convolution);
  }

  /** Counts a painted frame of the camera. */
  turned(): void {
    this.#turns = [...this.#turns.slice(-FRAMES), performance.now()];
  }

  #write(): void {
    const now = performance.now();
    if (now - this.#written < READABLE) return;
    this.#written = now;
    const mean = this.#frames.reduce((sum, one) => sum + one, 0) / this.#frames.length;
    byId("fact-frame").textContent = duration(mean);
    const [first] = this.#turns;
    const passed = this.#turns.at(-1)! - (first ?? 0);
    if (this.#turns.length > 2 && passed > 0)
      byId("fact-rate").textContent = `${Math.round(((this.#turns.length - 1) * 1000) / passed)} a second`;
  }
}
