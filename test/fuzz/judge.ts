// The criterion of all cases: an engine computes the right result, or throws a ConvError of the documented form.
import { ConvError, type Engine } from "../../src/index.ts";
import { CODES, MESSAGE } from "./codes.ts";
import type { JunkMakers } from "./junk.ts";

/** The engine to try cases on, and another one whose tensors are foreign to it. */
export interface Bench {
  readonly engine: Engine;
  readonly other: Engine;
}

/** A running case, with everything it made, to be freed. */
export interface Work extends Bench {
  readonly made: { destroy(): void }[];
}

/** The library did something wrong. */
export class Wrong extends Error {}

export type Thrown = { readonly error: unknown };

/** Returns the result of work, or the error it throws. */
export async function attempt<T>(work: () => T | Promise<T>): Promise<{ readonly value: T } | Thrown> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}

/** Returns the refusal that was thrown. Any other error is wrong, and so is a refusal that says too little. */
export function refusalOf({ error }: Thrown): ConvError {
  if (!(error instanceof ConvError)) {
    const text = error instanceof Error ? `${error.name}: ${error.message}\n${error.stack}` : String(error);
    throw new Wrong(`threw what is no ConvError: ${text}`);
  }
  if (!CODES[error.code]) throw new Wrong(`refused with the code ${JSON.stringify(error.code)}: ${error.message}`);
  if (!MESSAGE.test(error.message))
    throw new Wrong(
      `refused (${error.code}) without the argument, what it got and what was expected: ${error.message}`,
    );
  return error;
}

/** Returns makers of junk whose tensors are freed with the case. */
export function makersOf({ engine, other, made }: Work): JunkMakers {
  const from = (one: Engine): JunkMakers["engine"] => ({
    empty: (...given) => {
      const tensor = one.empty(...given);
      made.push(tensor);
      return tensor;
    },
  });
  return { engine: from(engine), other: from(other) };
}
