// How long one run takes: batches long enough for the clock, the median of several.

/** One batch lasts about this long, so that waiting for the queue is a small part of it. */
const BATCH_MS = 50;
const MAX_RUNS = 100;
/** Five batches, or as many as fit into a time, two at least: a slow run varies less, and nobody waits for it five times. */
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
 * Milliseconds of one run: the median over batches. The first run says how many runs a batch holds and is the first batch where
 * that is one; compiling and first use belong before it.
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
