// The form of every refusal: a ConvError with a code, whose message states the argument, its value and what was expected.
import { ConvError, type ConvErrorCode } from "../../src/base/error.ts";

export interface Refusal {
  code: ConvErrorCode;
  argument: string;
  got: string;
  expected: string;
}

/** Parses the ConvError "argument: got ..., expected ..." that `act` throws; rethrows anything else. */
export function refusal(act: () => unknown): Refusal {
  try {
    act();
  } catch (error) {
    const parts = error instanceof ConvError && /^(.*?): got (.*?), expected (.*)$/s.exec(error.message);
    if (!parts) throw error;
    return { code: error.code, argument: parts[1]!, got: parts[2]!, expected: parts[3]! };
  }
  throw new Error("nothing was refused");
}
