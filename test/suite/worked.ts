// What the tests of the engine share: the worked numbers, and the catching of an error.
import { expect } from "vitest";
import { ConvError } from "../../src/index.ts";

export { INPUT, KERNEL, PADDING_1 } from "./worked-numbers.ts";

/** The ConvError that a call throws, synchronously. */
export function thrown(act: () => unknown): ConvError {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(ConvError);
    return error as ConvError;
  }
  throw new Error("nothing was thrown");
}
