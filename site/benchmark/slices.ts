// Runs long work on the CPU in slices, so that the page stays responsive and the work ends at once when aborted.

const SLICE = 2 ** 18;

function pause(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve));
}

/** Calls a function for all indices below `count`, in ranges. */
export async function inSlices(
  count: number,
  signal: AbortSignal,
  work: (start: number, end: number) => void,
): Promise<void> {
  for (let start = 0; start < count; start += SLICE) {
    signal.throwIfAborted();
    work(start, Math.min(count, start + SLICE));
    if (start + SLICE < count) await pause();
  }
}

/** Returns the reason of a signal as an error. */
function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
}

/**
 * Returns a promise that rejects when the signal aborts. Work on the GPU cannot be cancelled, only no longer awaited.
 * @param late gets a value that arrives after that, to free it
 */
export function until<T>(signal: AbortSignal, promise: Promise<T>, late?: (value: T) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(reasonOf(signal));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then(
      (value) => {
        signal.removeEventListener("abort", stop);
        if (signal.aborted) late?.(value);
        resolve(value);
      },
      (error: unknown) => {
        signal.removeEventListener("abort", stop);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

/** Returns uniform numbers in [-1, 1) from a seed, never zero, which some adapters handle faster (xorshift32, Marsaglia 2003). */
export async function randomNumbers(count: number, seed: number, signal: AbortSignal): Promise<Float32Array> {
  const values = new Float32Array(count);
  let state = seed | 1;
  await inSlices(count, signal, (start, end) => {
    for (let at = start; at < end; at++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      values[at] = (state >>> 0) / 2 ** 31 - 1;
    }
  });
  return values;
}

/** Returns the largest difference of two results; NaN counts as infinitely far. */
export async function largestDifference(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  signal: AbortSignal,
): Promise<number> {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  await inSlices(a.length, signal, (start, end) => {
    for (let at = start; at < end; at++) {
      const difference = Math.abs(a[at]! - b[at]!);
      if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
    }
  });
  return largest;
}

/** Returns the largest of some non-negative numbers. */
export async function largestOf(values: ArrayLike<number>, signal: AbortSignal): Promise<number> {
  let largest = 0;
  await inSlices(values.length, signal, (start, end) => {
    for (let at = start; at < end; at++) largest = Math.max(largest, values[at]!);
  });
  return largest;
}

/** Returns the magnitudes of some numbers. */
export async function magnitudes(values: Float32Array, signal: AbortSignal): Promise<Float32Array> {
  const sizes = new Float32Array(values.length);
  await inSlices(values.length, signal, (start, end) => {
    for (let at = start; at < end; at++) sizes[at] = Math.abs(values[at]!);
  });
  return sizes;
}
