// Stopwatch: times work on the GPU by the wall clock, until the queue reports completion. Firefox polls for completion only every 50 to 100 ms,
// so it takes GPU timestamps, or longer samples if the adapter has none. Elsewhere the clock is better, since browsers round timestamps to 100
// microseconds and not every adapter has them. Samples that must be short and need not be exact (planner/calibrate.ts) take timestamps wherever
// they exist.
import { Sampler, type Timing, timeTogether } from "./samples.ts";
import { Timestamps, countPasses } from "./timestamps.ts";

/** Records the work to be timed on an encoder, `count` times: compute passes, and what lies between them. */
export type Recorder = (encoder: GPUCommandEncoder, count: number) => void;

/** Seconds that a sample should last, so that the resolution of the clock is a small fraction of it. */
const SAMPLE_SECONDS = { clock: 0.03, slowClock: 0.5 };

/** Resolution of timestamps in browsers, and a duration that is surely longer. */
const ROUNDING_SECONDS = 1e-4;
const LONG_SECONDS = 0.02;

export class Stopwatch {
  readonly #device: GPUDevice;
  readonly #clockSample: number;
  #sample: number;
  #stamped: boolean;

  /** @param stampedSample seconds of a sample taken by timestamps; given if samples should be short and timestamps are exact enough */
  constructor(device: GPUDevice, stampedSample?: number) {
    this.#device = device;
    const slow = /firefox/i.test((globalThis.navigator as Navigator | undefined)?.userAgent ?? "");
    this.#clockSample = slow ? SAMPLE_SECONDS.slowClock : SAMPLE_SECONDS.clock;
    this.#stamped = (slow || stampedSample !== undefined) && device.features.has("timestamp-query");
    this.#sample = this.#stamped ? (stampedSample ?? SAMPLE_SECONDS.clock) : this.#clockSample;
  }

  /** Whether GPU timestamps are used: other work running at the same time then only delays the result. */
  get stamped(): boolean {
    return this.#stamped;
  }

  /** Returns what takes samples of work that has run before. */
  sampler(record: Recorder): Sampler {
    return new Sampler(
      (count) => this.#seconds(record, count),
      () => this.#sample,
    );
  }

  /** Times work that has run before; see `timeTogether`. */
  async time(record: Recorder, samples: number, limit?: number): Promise<Timing> {
    const [timing] = await timeTogether([this.sampler(record)], samples, limit);
    return timing!;
  }

  async #seconds(record: Recorder, count: number): Promise<number> {
    if (this.#stamped) {
      const { stamped, clock } = await this.#stampedSeconds(record, count);
      if (stamped > 0 && stamped <= clock) return stamped;
      // Only short work may be rounded to zero.
      if (stamped === 0 && clock < LONG_SECONDS) return ROUNDING_SECONDS;
      // Impossible values: timestamps do not work on this adapter.
      this.#stamped = false;
      this.#sample = this.#clockSample;
      return clock;
    }
    const start = performance.now();
    const encoder = this.#device.createCommandEncoder({ label: "convoke timing" });
    record(encoder, count);
    this.#device.queue.submit([encoder.finish()]);
    await this.#device.queue.onSubmittedWorkDone();
    return (performance.now() - start) / 1000;
  }

  async #stampedSeconds(record: Recorder, count: number): Promise<{ stamped: number; clock: number }> {
    const start = performance.now();
    const timestamps = new Timestamps(this.#device);
    try {
      const once = countPasses(this.#device, (encoder) => record(encoder, 1));
      const twice = countPasses(this.#device, (encoder) => record(encoder, 2));
      const encoder = this.#device.createCommandEncoder({ label: "convoke timing" });
      timestamps.record(encoder, once + (count - 1) * (twice - once), (own) => record(own, count));
      this.#device.queue.submit([encoder.finish()]);
      const stamped = await timestamps.read();
      return { stamped, clock: (performance.now() - start) / 1000 };
    } finally {
      timestamps.destroy();
    }
  }
}
