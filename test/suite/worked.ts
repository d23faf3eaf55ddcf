// Fixtures of the engine tests: the worked numbers, and a helper that catches an error.
import { expect } from "vitest";
import { ConvError } from "../../src/index.ts";

export { INPUT, KERNEL, PADDING_1 } from "./worked-numbers.ts";

/** Returns the ConvError that a call throws synchronously. */
export function thrown(act: () => unknown): ConvError {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(ConvError);
    return error as ConvError;
  }
  throw new Error("nothing was thrown");
}
