// Times repeated calls, as an application makes them: everything between the call and the result on the GPU counts, including the allocation of
// the result and the submission of the work. Convoke and its peers are timed alike.
import { Sampler, type Timing, timeTogether } from "./stopwatch.ts";

/** Work to call repeatedly. Results stay on the GPU; each call frees the previous result. */
export interface Calls {
  /** Submits the work once. A returned promise is awaited before the next call. */
  run(): void | Promise<void>;
  /** Waits until the GPU has finished all calls. */
  sync(): Promise<void>;
}

/**
 * Seconds that a sample should last: longer than for work recorded on one encoder (stopwatch.ts), since calls cause garbage collection.
 * Firefox polls for finished work only every 50 to 100 ms.
 */
const SAMPLE_SECONDS = { clock: 0.4, slowClock: 1.5 };

export interface Pace {
  /** Seconds that a sample should last. */
  readonly sample: number;
  /** The time, in milliseconds. */
  readonly now: () => number;
  /** Seconds of a run beyond which one sample is enough; none by default. */
  readonly limit?: number;
}

/** The pace for this browser. */
function ownPace(): Pace {
  const slow = /firefox/i.test((globalThis.navigator as Navigator | undefined)?.userAgent ?? "");
  return { sample: slow ? SAMPLE_SECONDS.slowClock : SAMPLE_SECONDS.clock, now: () => performance.now() };
}

/** Times calls of work that has run before, one kind beside the others; see `timeTogether`. */
export async function timeCallsTogether(
  all: readonly Calls[],
  samples: number,
  pace: Partial<Pace> = {},
): Promise<readonly Timing[]> {
  const { sample, now, limit } = { ...ownPace(), ...pace };
  const samplerOf = (calls: Calls): Sampler =>
    new Sampler(
      async (count) => {
        const start = now();
        for (let turn = 0; turn < count; turn++) await calls.run();
        await calls.sync();
        return (now() - start) / 1000;
      },
      () => sample,
    );
  return timeTogether(all.map(samplerOf), samples, limit);
}

/** Times calls of work that has run before. */
export async function timeCalls(calls: Calls, samples: number, pace?: Partial<Pace>): Promise<Timing> {
  const [timing] = await timeCallsTogether([calls], samples, pace);
  return timing!;
}
