// Times frames, and the convolution alone, until the GPU is done.
import { Stopwatch } from "../../bench/stopwatch.ts";
import type { FilterPlan } from "./filter-plan.ts";

/** Milliseconds without a change before a still picture is timed: timing keeps the GPU busy for a moment. */
const QUIET = 400;

/** The numbers of frames and of samples that a median is taken of. */
const FRAMES = 5;
const SAMPLES = 3;

/** Frames in flight: the GPU should have the next one when it finishes one. */
const MOST_AHEAD = 2;

/** The events of timing. Times are in milliseconds. */
export interface Times {
  /** A frame was timed, from the copy of the picture on. */
  frameTook(milliseconds: number): void;
  /** A still picture was timed: its frame, and the convolution alone. */
  measured(frame: number, convolution: number): void;
  failed(error: unknown): void;
}

export class Timekeeper {
  readonly #device: GPUDevice;
  readonly #times: Times;
  /** Frames that the GPU has not finished. */
  #ahead = 0;
  #quiet: ReturnType<typeof setTimeout> | undefined;
  /** Counts the requests to time, so that answers about earlier plans are dropped. */
  #subject = 0;

  constructor(device: GPUDevice, times: Times) {
    this.#device = device;
    this.#times = times;
  }

  /** Whether the GPU has enough frames in flight: more would only be late. */
  get busy(): boolean {
    return this.#ahead >= MOST_AHEAD;
  }

  /** Registers a frame that was just submitted. */
  frame(start: number): void {
    this.#ahead++;
    this.#device.queue.onSubmittedWorkDone().then(
      () => {
        this.#ahead--;
        this.#times.frameTook(performance.now() - start);
      },
      // The device is lost, which is reported elsewhere.
      () => undefined,
    );
  }

  /** Times a still picture once nothing has changed for a while. `paint` returns whether it could. */
  later(filter: FilterPlan, paint: () => boolean): void {
    this.stop();
    const subject = this.#subject;
    this.#quiet = setTimeout(() => {
      this.#measure(filter, paint, subject).catch((error: unknown) => {
        // An outdated timing may fail: its plan is destroyed, or the device is lost.
        if (subject === this.#subject) this.#times.failed(error);
      });
    }, QUIET);
  }

  /** Cancels the timing. */
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
