// Times one run: batches long enough for the clock, the median of several.

/** The duration of a batch in milliseconds, of which waiting for the queue is a small part. */
const BATCH_MS = 50;
const MAX_RUNS = 100;
/** Five batches, or as many as fit into a time, at least two: slow runs vary less. */
const BATCHES = 5;
const ENOUGH_MS = 4000;
const FEWEST_BATCHES = 2;

/** The middle value, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/**
 * Returns the milliseconds of one run, as the median over batches. The first run determines how many runs a batch has; if that is one, it counts
 * as the first batch. Compile and use everything once before.
 * @param run starts one run without waiting for it
 * @param finished resolves when every run started so far is done
 */
export async function timeRun(
  run: () => void,
  finished: () => Promise<unknown>,
  now: () => number = () => performance.now(),
): Promise<number> {
  const batch = async (runs: number): Promise<number> => {
    const start = now();
    for (let index = 0; index < runs; index++) run();
    await finished();
    return (now() - start) / runs;
  };
  const start = now();
  const estimate = await batch(1);
  const runs = Math.min(MAX_RUNS, Math.max(1, Math.ceil(BATCH_MS / estimate)));
  const samples = runs === 1 ? [estimate] : [];
  while (samples.length < FEWEST_BATCHES || (samples.length < BATCHES && now() - start < ENOUGH_MS)) {
    samples.push(await batch(runs));
  }
  return median(samples);
}
