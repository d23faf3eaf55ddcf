// The second step of a split-K sum: adds the partial sums in order and finishes with the epilogue. WGSL has no float atomics, and none are
// wanted: the bits are the same in every run. One level is enough, unlike in src/kernel/levels.ts: the parts are few, and
// the epilogue needs the whole sum.
import reduceSplitsShader from "../../shaders/algorithms/reduce-splits.wgsl";
import { elementCount } from "../base/shape.ts";
import { dispatch } from "../kernel/dispatch.ts";
import { BINDING, type Binding, type Step } from "../kernel/step.ts";
import type { Correlation } from "../problem/correlation.ts";
import { OUTPUT_LOADS, type Work, numberBytes } from "./cost.ts";
import {
  alongAxes,
  epilogueBindings,
  epilogueConstants,
  epilogueShaders,
  outputAlias,
  outputUniforms,
  whole,
} from "./operands.ts";

/** Where the partial sums lie, in float32 elements: one split after the other, each with a number for every channel and output of the batch. */
export interface Partials {
  readonly count: number;
  readonly buffer: Binding;
  readonly part: number;
  readonly group: number;
  /** Distance between the channels of a group. */
  readonly channel: number;
  readonly output: number;
}

/** The work of adding so many partial sums. */
export function reduceWork(c: Correlation, parts: number): Work {
  const outputs = c.N * c.K * elementCount(c.output);
  return {
    threads: outputs,
    multiplyAdds: 0,
    loads: (parts + OUTPUT_LOADS) * outputs,
    bytes: numberBytes((parts + 1) * outputs),
  };
}

/** Adds the partial sums in order, and finishes with the epilogue. */
export function reduceStep(c: Correlation, partials: Partials): Step {
  const { yStrideG: _, ...place } = outputUniforms(c);
  return dispatch({
    threads: c.N * c.K * elementCount(c.output),
    shaders: [...epilogueShaders(c.epilogue), reduceSplitsShader],
    aliases: outputAlias(c),
    constants: epilogueConstants(c.epilogue),
    ranges: [{ ...partials.buffer, binding: BINDING.first }, whole(BINDING.output, "y", c), ...epilogueBindings(c)],
    uniforms: {
      splits: partials.count,
      channels: c.K,
      groupK: c.K / c.groups,
      partial: partials.part,
      partialG: partials.group,
      partialK: partials.channel,
      partialN: partials.output,
      ...alongAxes("output", c.output, "output"),
      ...place,
    },
  });
}
