// Samples of the time that work takes, such that they can be trusted: taken once the work has settled, in turns with the work it is compared with,
// and again if they differ too much. Knows neither device nor clock.

/** Runs some work `count` times, and returns the seconds until all of it is done. */
export type Run = (count: number) => Promise<number>;

export interface Timing {
  /** Seconds of one run: the median of the samples. */
  readonly seconds: number;
  readonly samples: readonly number[];
}

/** Most repetitions in one sample. */
const MAX_COUNT = 1000;

/** The most by which the number of repetitions grows at a time: a coarse clock may show no time at all. */
const GROWTH = 32;

/** Work has settled if the median of so many samples is as good as that of the samples one earlier. */
const WINDOW = 3;
const SETTLED = 0.05;

/** Seconds of running after which work counts as warm in any case. */
const WARM_SECONDS = 1;

/** The spread above which a time is uncertain. */
export const MOST_SPREAD = 0.15;

/** How often samples of a larger spread are taken again. */
const AGAIN = 2;

/** Median of the values; for an even count, the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The difference of the slowest and the fastest sample as a share of the median. */
export function spread(samples: readonly number[]): number {
  return (Math.max(...samples) - Math.min(...samples)) / median(samples);
}

/** Repetitions of work of `seconds` each that make a sample of `sample` seconds. */
export function repetitions(seconds: number, sample: number): number {
  return Math.max(1, Math.min(MAX_COUNT, Math.ceil(sample / Math.max(seconds, 1e-7))));
}

/** Whether the time of work has settled. */
function isSettled(samples: readonly number[]): boolean {
  if (samples.length <= WINDOW) return false;
  const [before, now] = [median(samples.slice(-WINDOW - 1, -1)), median(samples.slice(-WINDOW))];
  return Math.abs(now - before) <= SETTLED * before;
}

/** Takes samples of work, each of as many repetitions as last long enough for the clock. */
export class Sampler {
  readonly #run: Run;
  readonly #length: () => number;
  #count = 1;
  #spent = 0;

  /**
   * @param run work that has run before
   * @param length seconds that a sample should last
   */
  constructor(run: Run, length: () => number) {
    this.#run = run;
    this.#length = length;
  }

  /** Takes a sample: seconds of one run. */
  async take(): Promise<number> {
    for (;;) {
      const lasted = await this.#run(this.#count);
      this.#spent += lasted;
      const seconds = lasted / this.#count;
      const length = this.#length();
      if (lasted >= length / 2 || this.#count === MAX_COUNT) return seconds;
      // The clock overstates short work, and cold work takes longer: only a long sample shows how often to repeat it.
      const wanted = Math.max(2 * this.#count, repetitions(seconds, length));
      this.#count = Math.min(MAX_COUNT, GROWTH * this.#count, wanted);
    }
  }

  /** Returns the shortest of some samples, cold ones included: disturbances make a sample longer, never shorter. */
  async fastest(samples: number): Promise<number> {
    let least = Infinity;
    for (let sample = 0; sample < samples; sample++) least = Math.min(least, await this.take());
    return least;
  }

  /**
   * Runs the work until the median of its samples settles. Stops earlier if it stays slower than `limit`.
   * @returns the last samples
   */
  async warmUp(limit = Infinity): Promise<Timing> {
    const taken = [await this.take()];
    while (!isSettled(taken) && this.#spent < WARM_SECONDS) {
      const before = taken.at(-1)!;
      const now = await this.take();
      taken.push(now);
      if (now > limit && now > (1 - SETTLED) * before) break;
    }
    const samples = taken.slice(-WINDOW);
    return { seconds: median(samples), samples };
  }
}

/**
 * Times pieces of work beside each other: warms each up, then takes a sample of each in turn, so that a slow phase of the machine affects all
 * alike. What differs by more than MOST_SPREAD is measured again, twice at most; the samples that differ least count.
 * @param samples number of samples
 * @param limit seconds of a run beyond which more than one sample is not worth its time
 */
export async function timeTogether(
  samplers: readonly Sampler[],
  samples: number,
  limit = Infinity,
): Promise<readonly Timing[]> {
  for (const sampler of samplers) await sampler.warmUp(limit);
  const best = new Map<Sampler, readonly number[]>();
  let pending = samplers;
  for (let turn = 0; turn <= AGAIN && pending.length > 0; turn++) {
    const taken = new Map(pending.map((one) => [one, [] as number[]]));
    for (let round = 0; round < samples; round++) {
      // Every second round backwards, so that nothing always follows the same work.
      for (const sampler of round % 2 === 0 ? pending : pending.toReversed()) {
        const own = taken.get(sampler)!;
        if (round === 0 || own[0]! <= limit) own.push(await sampler.take());
      }
    }
    for (const [sampler, own] of taken) {
      const known = best.get(sampler);
      if (!known || spread(own) < spread(known)) best.set(sampler, own);
    }
    pending = pending.filter((sampler) => spread(best.get(sampler)!) > MOST_SPREAD);
  }
  return samplers.map((sampler) => {
    const own = best.get(sampler)!;
    return { seconds: median(own), samples: own };
  });
}
