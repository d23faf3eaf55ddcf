// Phases of a strided gradient as output channels (problem/gradients.ts): kernels that load weights or store results of a channel by snippets do so
// for phases by others, which only gradients bring.
import outputChannelsShader from "../../shaders/lib/output-channels.wgsl";
import outputPhasesShader from "../../shaders/lib/output-phases.wgsl";
import phasesShader from "../../shaders/lib/phases.wgsl";
import weightChannelsShader from "../../shaders/lib/weight-channels.wgsl";
import weightPhasesShader from "../../shaders/lib/weight-phases.wgsl";
import { type Triple, eachAxis } from "../base/shape.ts";
import type { Step } from "../kernel/step.ts";
import type { Correlation, Phases } from "../problem/correlation.ts";
import { alongAxes } from "./operands.ts";

/** Whether some output of some phase is no cell of the tensor, along each axis. */
function edges(output: Triple, { counts, stride, step, first, cells }: Phases): readonly [boolean, boolean, boolean] {
  return eachAxis((axis) => {
    const last = first[axis] + (counts[axis] - 1) * step[axis] + (output[axis] - 1) * stride[axis];
    return first[axis] < 0 || last >= cells[axis];
  });
}

/** Returns a step of a correlation as one that finds the phases of its output channels. */
export function inPhases(step: Step, c: Correlation): Step {
  const { phases } = c;
  const { kernel, uniforms, brief } = step;
  if (!phases) return step;
  // Partial sums and products of transforms are stored channel by channel.
  const stores = typeof uniforms.yChannels === "object" && "phaseD" in uniforms.yChannels;
  const replaced = new Map([[weightChannelsShader, weightPhasesShader]]);
  if (stores) replaced.set(outputChannelsShader, outputPhasesShader);
  if (!kernel.shaders.some((shader) => replaced.has(shader))) return step;
  return {
    ...step,
    ...(brief && { brief: inPhases(brief, c) }),
    kernel: {
      ...kernel,
      shaders: [phasesShader, ...kernel.shaders.map((shader) => replaced.get(shader) ?? shader)],
      constants: {
        ...kernel.constants,
        ...alongAxes("PHASES_", phases.counts),
        ...(stores && {
          ...alongAxes("PHASE_STEP_", phases.step),
          ...alongAxes("CELL_STRIDE_", phases.stride),
          ...alongAxes("EDGE_", edges(c.output, phases)),
        }),
      },
    },
  };
}
