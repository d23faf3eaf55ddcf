// What a search for the fastest plan uses of the engine.
import type { Rates } from "../algorithms/cost.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Constraints, Ranked } from "../planner/choose.ts";
import type { ConvDescriptor, Pass } from "../problem/problem.ts";
import type { ConvBuffers } from "./buffers.ts";
import type { ConvInputs } from "./operands.ts";

/** The members of a plan that a search uses. */
export interface MeasuredPlan {
  readonly workspaceBytes: number;
  readonly preparedBytes: number;
  readonly resultName: string;
  run(inputs: ConvInputs): Tensor;
  encode(encoder: GPUCommandEncoder, buffers: ConvBuffers): void;
  destroy(): void;
}

/** The engine as a search uses it. */
export interface Workbench {
  readonly device: GPUDevice;
  plan(pass: Pass, descriptor: ConvDescriptor, constraints: Constraints): Promise<MeasuredPlan>;
  tensor(data: ArrayLike<number>, shape: readonly number[]): Tensor;
  /** The candidates of the problem within the constraints of the search, or within others, by rank. */
  ranked(constraints?: Constraints): readonly Ranked[];
  /** How fast the adapter is, by which candidates were ranked. */
  readonly rates: Rates;
  /** Rejects if the device is lost or the engine destroyed: either may explain the failure `cause`. */
  check?(cause?: unknown): Promise<void>;
}
