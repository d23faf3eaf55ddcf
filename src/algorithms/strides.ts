// Where the elements of x, w and y lie, in elements: the one place that knows the layouts.
import type { ConvProblem } from "../problem.ts";
import { type Triple, elementCount } from "../shape.ts";

export interface TensorStrides {
  readonly batch: number;
  readonly channel: number;
  readonly spatial: Triple;
}

export interface KernelStrides {
  readonly outputChannel: number;
  readonly inputChannel: number;
  /** Taps follow each other at this distance, the last axis fastest. */
  readonly tap: number;
}

function tensorStrides(channels: number, spatial: Triple, channelsLast: boolean): TensorStrides {
  const [depth, height, width] = spatial;
  const volume = depth * height * width;
  const step = channelsLast ? channels : 1;
  return {
    batch: channels * volume,
    channel: channelsLast ? 1 : volume,
    spatial: [height * width * step, width * step, step],
  };
}

export function inputStrides(problem: ConvProblem): TensorStrides {
  return tensorStrides(problem.C, problem.input, problem.layout === "channels-last");
}

export function outputStrides(problem: ConvProblem): TensorStrides {
  return tensorStrides(problem.K, problem.output, problem.layout === "channels-last");
}

export function kernelStrides(problem: ConvProblem): KernelStrides {
  const taps = elementCount(problem.kernel);
  const groupC = problem.C / problem.groups;
  return problem.layout === "channels-last"
    ? { outputChannel: 1, inputChannel: problem.K, tap: groupC * problem.K }
    : { outputChannel: groupC * taps, inputChannel: taps, tap: 1 };
}
