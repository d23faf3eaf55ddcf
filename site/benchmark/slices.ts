// Long work on the CPU in slices, so that the page stays alive, and work that ends at once when it is not wanted any more.

const SLICE = 2 ** 18;

function pause(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve));
}

/** Does something for all of the numbers below `count`, given as ranges. */
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

/** The reason of a signal as an error. */
function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
}

/**
 * A promise that ends when the signal does. What is under way on the GPU cannot be called back: it is waited for no longer.
 * @param late gets what the promise comes to after that, to free it
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

/** Uniform numbers in [-1, 1), the same for the same seed, and never zero, on which an adapter may be fast (xorshift32, Marsaglia 2003). */
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

/** The largest difference of two results; NaN is infinitely far from everything. */
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

/** The largest of some numbers that are not negative. */
export async function largestOf(values: ArrayLike<number>, signal: AbortSignal): Promise<number> {
  let largest = 0;
  await inSlices(values.length, signal, (start, end) => {
    for (let at = start; at < end; at++) largest = Math.max(largest, values[at]!);
  });
  return largest;
}

/** Numbers without their signs. */
export async function magnitudes(values: Float32Array, signal: AbortSignal): Promise<Float32Array> {
  const sizes = new Float32Array(values.length);
  await inSlices(values.length, signal, (start, end) => {
    for (let at = start; at < end; at++) sizes[at] = Math.abs(values[at]!);
  });
  return sizes;
}
