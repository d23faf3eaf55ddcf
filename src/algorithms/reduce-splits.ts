// The second step of split-K: adds the partial sums in order and applies the epilogue. WGSL has no float atomics, and they would not give the
// same bits in every run. One level is enough, unlike in src/kernel/levels.ts: there are few splits, and the epilogue needs the whole sum.
import reduceSplitsShader from "../../shaders/algorithms/reduce-splits.wgsl";
import { elementCount } from "../base/shape.ts";
import { dispatch } from "../kernel/dispatch.ts";
import { BINDING, type Binding, type Step } from "../kernel/step.ts";
import type { Correlation } from "../problem/correlation.ts";
import { OUTPUT_LOADS, type Work, numberBytes } from "./cost.ts";
import { outputUniforms, result } from "./operands.ts";

/** The memory layout of the partial sums, with strides in float32 elements. A split has a number for every channel and output of the batch. */
export interface Partials {
  /** Number of splits. */
  readonly count: number;
  readonly buffer: Binding;
  readonly split: number;
  readonly group: number;
  /** Stride between the channels of a group. */
  readonly channel: number;
  readonly output: number;
}

/** The work of adding the partial sums of `splits` splits. */
export function reduceWork(c: Correlation, splits: number): Work {
  const outputs = c.N * c.K * elementCount(c.output);
  return {
    threads: outputs,
    multiplyAdds: 0,
    loads: (splits + OUTPUT_LOADS) * outputs,
    bytes: numberBytes((splits + 1) * outputs),
  };
}

/** Adds the partial sums in order, and applies the epilogue. */
export function reduceStep(c: Correlation, partials: Partials): Step {
  const { yStrideG: _, ...place } = outputUniforms(c);
  const { shaders, aliases, constants, bindings } = result(c);
  return dispatch({
    threads: c.N * c.K * elementCount(c.output),
    shaders: [...shaders, reduceSplitsShader],
    aliases,
    constants,
    ranges: [{ ...partials.buffer, binding: BINDING.first }, ...bindings],
    uniforms: {
      splits: partials.count,
      channels: c.K,
      groupK: c.K / c.groups,
      partial: partials.split,
      partialG: partials.group,
      partialK: partials.channel,
      partialN: partials.output,
      ...place,
    },
  });
}
