// The second step of a sum that was split into parts: adds the parts in order and finishes with the epilogue. No float atomics exist
// in WGSL, and none are wanted: the bits are the same in every run.
import { BINDING, type Binding, type Step, gridFor, WORKGROUP_SIZE } from "../kernel/step.ts";
import { elementCount } from "../base/shape.ts";
import type { Correlation } from "../problem/correlation.ts";
import { epilogueBindings, epilogueConstants, epilogueShaders, outputAlias, whole } from "./operands.ts";
import { OUTPUT_LOADS, type Work, bytesOf } from "./cost.ts";
import reduceSplitsShader from "../../shaders/algorithms/reduce-splits.wgsl";
import mainShader from "../../shaders/lib/main.wgsl";

/** Where the parts lie, in elements of float32: one after the other, each with a number for every channel and output of the batch. */
export interface Partials {
  readonly count: number;
  readonly buffer: Binding;
  readonly part: number;
  readonly group: number;
  /** Between the channels of a group. */
  readonly channel: number;
  readonly output: number;
}

/** The work of adding so many parts. */
export function reduceWork(c: Correlation, parts: number): Work {
  const outputs = c.N * c.K * elementCount(c.output);
  return {
    threads: outputs,
    multiplyAdds: 0,
    loads: (parts + OUTPUT_LOADS) * outputs,
    bytes: bytesOf((parts + 1) * outputs),
  };
}

export function reduceStep(c: Correlation, partials: Partials): Step {
  const elements = c.N * c.K * elementCount(c.output);
  return {
    kernel: {
      shaders: [mainShader, ...epilogueShaders(c.epilogue), reduceSplitsShader],
      aliases: outputAlias(c),
      constants: { WORKGROUP_SIZE, ...epilogueConstants(c.epilogue) },
    },
    bindings: [{ ...partials.buffer, binding: BINDING.first }, whole(BINDING.output, "y", c), ...epilogueBindings(c)],
    uniforms: [
      ...[elements, partials.count, c.K],
      ...[c.K / c.groups, partials.part, partials.group, partials.channel, partials.output],
      ...c.output,
      ...[c.y.start, c.y.batch, c.y.channel, ...c.y.spatial],
    ],
    workgroups: gridFor(elements),
  };
}
