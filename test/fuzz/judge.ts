// What all cases are judged by: an engine does what it should, or refuses by a ConvError of the documented form.
import { ConvError, type Engine } from "../../src/index.ts";
import { CODES, MESSAGE } from "./codes.ts";
import type { JunkMakers } from "./junk.ts";

/** What cases are tried on: an engine, and another one whose tensors are foreign to it. */
export interface Bench {
  readonly engine: Engine;
  readonly other: Engine;
}

/** A case at work: what it has made, to be freed. */
export interface Work extends Bench {
  readonly made: { destroy(): void }[];
}

/** The library did what it may not. */
export class Wrong extends Error {}

export type Thrown = { readonly error: unknown };

/** What work gives, or throws. */
export async function attempt<T>(work: () => T | Promise<T>): Promise<{ readonly value: T } | Thrown> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}

/** The refusal that was thrown. Anything else that was is wrong, and so is one that says too little. */
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

/** Makers of junk whose tensors are freed with the case. */
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
