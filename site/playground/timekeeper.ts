// How long frames take, and the convolution alone, by the clock until the GPU is done.
import { Stopwatch } from "convoke";
import type { FilterPlan } from "./filter-plan.ts";

/** Milliseconds without a change after which a still picture is timed: repeating it keeps the GPU busy for a moment. */
const QUIET = 400;

/** Frames and samples that the middle one is taken of. */
const FRAMES = 5;
const SAMPLES = 3;

/** Frames that the GPU is given at once: it is to have the next when it is done with one. */
const MOST_AHEAD = 2;

/** Milliseconds. */
export interface Times {
  /** A frame took so long, from the copy of the picture on. */
  frameTook(milliseconds: number): void;
  /** A still picture was timed: its frame, and the convolution alone. */
  measured(frame: number, convolution: number): void;
  failed(error: unknown): void;
}

export class Timekeeper {
  readonly #device: GPUDevice;
  readonly #times: Times;
  /** Frames that the GPU has yet to do. */
  #ahead = 0;
  #quiet: ReturnType<typeof setTimeout> | undefined;
  /** Counts what is to be timed: an answer about something older is of no use. */
  #subject = 0;

  constructor(device: GPUDevice, times: Times) {
    this.#device = device;
    this.#times = times;
  }

  /** Whether the GPU has as many frames to do as it should: more would only come late. */
  get busy(): boolean {
    return this.#ahead >= MOST_AHEAD;
  }

  /** Tells of a frame that was just submitted. */
  frame(start: number): void {
    this.#ahead++;
    this.#device.queue.onSubmittedWorkDone().then(
      () => {
        this.#ahead--;
        this.#times.frameTook(performance.now() - start);
      },
      // The device is lost, which is told elsewhere.
      () => undefined,
    );
  }

  /** Times a still picture once nothing has changed for a while. `paint` says whether it could. */
  later(filter: FilterPlan, paint: () => boolean): void {
    this.stop();
    const subject = this.#subject;
    this.#quiet = setTimeout(() => {
      this.#measure(filter, paint, subject).catch((error: unknown) => {
        // What is no longer wanted may fail: its plan is destroyed, or the device lost.
        if (subject === this.#subject) this.#times.failed(error);
      });
    }, QUIET);
  }

  /** Lets go of what was to be timed. */
  stop(): void {
    this.#subject++;
    clearTimeout(this.#quiet);
  }

  async #measure(filter: FilterPlan, paint: () => boolean, subject: number): Promise<void> {
    const frames: number[] = [];
    while (frames.length < FRAMES) {
      const start = performance.now();
      if (subject !== this.#subject || !paint()) return;
      await this.#device.queue.onSubmittedWorkDone();
      frames.push(performance.now() - start);
    }
    const { seconds } = await new Stopwatch(this.#device).time((encoder, count) => {
      if (subject !== this.#subject) throw new DOMException("something changed", "AbortError");
      filter.encodeConvolution(encoder, count);
    }, SAMPLES);
    if (subject !== this.#subject) return;
    this.#times.measured(frames.toSorted((a, b) => a - b)[FRAMES >> 1]!, seconds * 1000);
  }
}
