// What Node asks of the fuzzer's page: plain data, since it travels between processes. One question at a time.
import type { Answer } from "../../scripts/harness/answer.ts";
import type { Dtype } from "../../src/base/dtype.ts";
import type { Outcome } from "./call.ts";
import type { Case } from "./case.ts";

export interface Opened {
  readonly adapter: string;
  readonly dtypes: readonly Dtype[];
}

export interface Fuzz {
  /** Makes the engines, new ones where there are some already: what they keep ready grows with what they computed. */
  open(): Promise<Answer<Opened>>;
  perform(one: Case): Promise<Answer<Outcome>>;
  /** What went wrong without an outcome saying so: GPU errors that no call reported, a lost device. */
  trouble(): Promise<Answer<readonly string[]>>;
}

declare global {
  interface Window {
    fuzz: Fuzz;
  }
}
