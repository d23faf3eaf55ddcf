// What a peer is to the benchmark: an engine that says what it can compute, is given numbers, and computes them again and again. How it is
// timed and checked is the same for all of them (measure.ts).
import type { ConvProblem } from "../../src/problem/problem.ts";
import type { Calls } from "../calls.ts";
import type { BenchPass } from "../layer.ts";
import type { Operand } from "../yardstick.ts";

/** What is to be computed, in float32 and channels-first; a peer that lays out its tensors in another way turns them before it is timed. */
export interface Task {
  readonly pass: BenchPass;
  /** Of a transposed convolution, the backward-data pass that it is: its y is what is given, its x what is wanted. */
  readonly problem: ConvProblem;
  readonly operands: readonly Operand[];
}

/** A task made ready: inputs on the GPU, models compiled or about to be. */
export interface Runner extends Calls {
  /** The result of the last call, channels-first. */
  read(): Promise<ArrayLike<number>>;
  /** Frees everything that was made for the task. */
  dispose(): void;
}

/** A peer that runs. */
export interface PeerEngine {
  /** Where it computes; nothing where it makes its device later. */
  readonly device: GPUDevice | null;
  prepare(task: Task): Promise<Runner>;
}

export interface Peer {
  /** The package that it is, as package.json names it. */
  readonly package: string;
  /** Whether it has the operation, or why it is not timed on it. */
  supports(problem: ConvProblem, pass: BenchPass): true | string;
  /**
   * Starts it. Its packages are loaded here and not before, so that what it supports can be asked where they are not installed.
   * @param files the address that the packages' own files (their WebAssembly) lie under
   */
  open(files: string): Promise<PeerEngine>;
}

/** The operand of a task by its name. */
export function operand({ operands }: Task, name: Operand["name"]): Operand {
  const found = operands.find((one) => one.name === name);
  if (!found) throw new Error(`the task has no operand ${name}`);
  return found;
}
