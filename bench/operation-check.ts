// Compares the results of an operation beside convolution with those of the reference, for Convoke and its peers alike.
import { distance } from "../src/conv/find.ts";
import type { Arrays } from "./operations/entry.ts";
import type { Check } from "./protocol.ts";

/**
 * The largest accepted error, relative to the largest value of the result. The tests hold each value to its own bound (test/ops/); this only
 * confirms that the whole operation was timed.
 */
const TOLERANCE = 1e-4;

/**
 * Returns the check of the result with the largest error relative to its bound.
 * @param scale the tolerance over that of float32
 */
export function compareResults(
  values: Readonly<Record<string, ArrayLike<number>>>,
  expected: Arrays,
  scale: (name: string) => number = () => 1,
): Check {
  const checks = Object.entries(values).map(([name, found]): Check => {
    const wanted = expected[name]?.data;
    if (!wanted) throw new Error(`the reference gives no ${name}`);
    if (found.length !== wanted.length)
      throw new Error(`${name} has ${found.length} elements, expected ${wanted.length}`);
    let largest = 0;
    for (let at = 0; at < wanted.length; at++) largest = Math.max(largest, Math.abs(wanted[at]!));
    return { error: distance(found, wanted), bound: TOLERANCE * scale(name) * largest, against: "reference" };
  });
  return checks.reduce((worst, one) => (one.error / one.bound > worst.error / worst.bound ? one : worst));
}
