// Errors of calls that are to fail.
import { expect } from "vitest";
import { ConvError } from "../../src/base/error.ts";

export function thrownBy(call: () => unknown): ConvError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(ConvError);
    return error as ConvError;
  }
  return expect.fail("nothing was thrown");
}

export async function rejectionOf(promise: Promise<unknown>): Promise<ConvError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ConvError);
  return error as ConvError;
}
