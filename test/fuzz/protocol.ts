// What Node asks the fuzzer's page, and what it answers: plain data, since it travels between processes.
import type { Answer } from "../../scripts/harness/answer.ts";
import type { Dtype } from "../../src/base/dtype.ts";
import type { Outcome } from "./call.ts";
import type { Case } from "./case.ts";

export interface Opened {
  readonly adapter: string;
  readonly dtypes: readonly Dtype[];
}

export interface Fuzz {
  /** Creates the engines, or replaces them: what they cache grows with what they compute. */
  open(): Promise<Answer<Opened>>;
  perform(one: Case): Promise<Answer<Outcome>>;
  /** Returns errors that belong to no outcome: GPU errors that no call reported, a lost device. */
  trouble(): Promise<Answer<readonly string[]>>;
}

declare global {
  interface Window {
    fuzz: Fuzz;
  }
}
