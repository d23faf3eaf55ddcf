// The interface of a peer: an engine that says what it can compute, takes inputs, and computes repeatedly. measure.ts times and checks all peers
// alike.
import type { ConvProblem } from "../../src/problem/problem.ts";
import type { Calls } from "../calls.ts";
import type { Operand } from "../ground-truth.ts";
import type { BenchPass } from "../layer.ts";
import type { MakeTrainer } from "../training/measure.ts";
import type { OperationPeer } from "./operations.ts";

/** What to compute, in float32 and channels-first. A peer with another layout transposes before it is timed. */
export interface Task {
  readonly pass: BenchPass;
  /** For a transposed convolution, the equivalent backward-data pass: its y is the input, its x the result. */
  readonly problem: ConvProblem;
  readonly operands: readonly Operand[];
}

/** A prepared task: inputs on the GPU, models compiled or about to be. */
export interface Runner extends Calls {
  /** The result of the last call, channels-first. */
  read(): Promise<ArrayLike<number>>;
  /** Frees everything made for the task. */
  dispose(): void;
}

/** A running peer. */
export interface PeerEngine {
  /** Its device; undefined if it creates one later. */
  readonly device: GPUDevice | null;
  prepare(task: Task): Promise<Runner>;
  /** Operations beside convolution; absent if it is timed on convolutions alone. */
  readonly operations?: OperationPeer;
  /** Networks in training; absent if it does not train. */
  readonly train?: MakeTrainer;
}

export interface Peer {
  /** Its package, as package.json names it. */
  readonly package: string;
  /** Whether it has the operation, or why it is not timed. */
  supports(problem: ConvProblem, pass: BenchPass): true | string;
  /**
   * Starts the peer. Its packages are loaded only here, so that `supports` works where they are not installed.
   * @param files the address under which the packages' own files (their WebAssembly) lie
   */
  open(files: string): Promise<PeerEngine>;
}

/** Returns an operand of a task by name. */
export function operand({ operands }: Task, name: Operand["name"]): Operand {
  const found = operands.find((one) => one.name === name);
  if (!found) throw new Error(`the task has no operand ${name}`);
  return found;
}
