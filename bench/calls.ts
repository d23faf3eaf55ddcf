// How long a call takes that a page makes again and again, as an application would: everything between the call and the result on the GPU counts,
// the allocation of the result and the submission of the work too. The same for Convoke and for its peers.
import { type Timing, median, repetitions } from "../src/gpu/stopwatch.ts";

/** Work that can be called for. Results stay on the GPU; a call frees the result of the one before. */
export interface Calls {
  /** Submits the work once; what it returns is awaited before the next call. */
  run(): void | Promise<void>;
  /** Waits until the GPU has done all that was called for. */
  sync(): Promise<void>;
}

/**
 * Seconds that a sample should last. Longer than where work is recorded on one encoder (stopwatch.ts), since calls meet garbage collection;
 * Firefox looks for finished work every 50 to 100 ms.
 */
const SAMPLE_SECONDS = { clock: 0.4, slowClock: 1.5 };

/** The most calls of one sample. */
const MAX_COUNT = 1000;

export interface Pace {
  /** Seconds that a sample should last. */
  readonly sample: number;
  /** The time, in milliseconds. */
  readonly now: () => number;
}

/** The pace of this browser. */
function ownPace(): Pace {
  const slow = /firefox/i.test((globalThis.navigator as Navigator | undefined)?.userAgent ?? "");
  return { sample: slow ? SAMPLE_SECONDS.slowClock : SAMPLE_SECONDS.clock, now: () => performance.now() };
}

/** Times calls of work that has run before: the median of some samples, each of as many calls as it takes to last. */
export async function timeCalls(calls: Calls, samples: number, { sample, now } = ownPace()): Promise<Timing> {
  const seconds = async (count: number): Promise<number> => {
    const start = now();
    for (let turn = 0; turn < count; turn++) await calls.run();
    await calls.sync();
    return (now() - start) / 1000;
  };
  let count = 1;
  await seconds(count); // warms up
  let lasted = await seconds(count);
  // The clock says too much of what is short: it has to last before it is known how often to repeat it.
  while (lasted < sample / 2 && count < MAX_COUNT) {
    count = Math.min(MAX_COUNT, Math.max(2 * count, repetitions(lasted / count, sample)), 8 * count);
    lasted = await seconds(count);
  }
  const taken: number[] = [];
  while (taken.length < samples) taken.push((await seconds(count)) / count);
  return { seconds: median(taken), samples: taken };
}
