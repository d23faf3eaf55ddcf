import type { ActivationGradient } from "../problem/activation-gradient.ts";
// The gradient of a bias: dy summed over the batch and all cells of each channel, pairwise, in levels of 64 numbers to one. The error bound
// grows with the logarithm of how many there are (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2).
import type { Dtype } from "../base/dtype.ts";
import { bytesFor } from "../base/dtype.ts";
import { BINDING, type Step, STORAGE_ALIGNMENT, WORKGROUP_SIZE, gridFor } from "../kernel/step.ts";
import type { Layout } from "../problem/problem.ts";
import { roundUp } from "../base/shape.ts";
import type { Part } from "../algorithms/algorithm.ts";
import { F32_BYTES, elementTypes } from "../kernel/element-types.ts";
import { loaderOf, scratch } from "../algorithms/operands.ts";
import loadShader from "../../shaders/lib/load.wgsl";
import mainShader from "../../shaders/lib/main.wgsl";
import channelSumsShader from "../../shaders/conv/channel-sums.wgsl";

/** Numbers that a thread of channel-sums.wgsl adds. */
const FAN = 64;

export interface ChannelSums {
  readonly N: number;
  readonly channels: number;
  readonly cells: number;
  readonly layout: Layout;
  readonly dtype: Dtype;
  readonly gradient?: ActivationGradient;
}

/** Reads dy (and gate), writes db. */
export function channelSums({ N, channels, cells, layout, dtype, gradient }: ChannelSums): Part {
  const last = layout === "channels-last";
  const operand = {
    binding: BINDING.first,
    operand: "dy",
    offset: 0,
    size: bytesFor(N * channels * cells, dtype),
  } as const;
  const first = loaderOf(operand, gradient);
  const steps: Step[] = [];
  let count = N * cells;
  let strides = { rows: N, row: channels * cells, channel: last ? 1 : cells, cell: last ? channels : 1 };
  let from = first;
  let type = elementTypes(dtype).one;
  // Levels take turns in two halves of the workspace.
  const half = roundUp(channels * Math.ceil(count / FAN) * F32_BYTES, STORAGE_ALIGNMENT);
  for (let level = 0; ; level++) {
    const parts = Math.ceil(count / FAN);
    const done = parts === 1;
    const bytes = channels * parts * F32_BYTES;
    const offset = (level % 2) * half;
    steps.push({
      kernel: {
        shaders: [mainShader, ...from.shaders, channelSumsShader],
        aliases: { E: type, Y: done ? elementTypes(dtype).one : "f32" },
        constants: { WORKGROUP_SIZE, ...from.constants },
        ...(level > 0 && !done && { readWrite: [BINDING.first] }),
      },
      bindings: [
        ...from.bindings,
        done
          ? { binding: BINDING.output, operand: "db", offset: 0, size: bytesFor(channels, dtype) }
          : scratch(BINDING.output, offset, bytes),
      ],
      uniforms: [channels * parts, parts, count, strides.rows, strides.row, strides.channel, strides.cell],
      workgroups: gridFor(channels * parts),
    });
    if (done) return { steps, workspaceBytes: level === 0 ? 0 : Math.min(level, 2) * half };
    from = { shaders: [loadShader], constants: {}, bindings: [scratch(BINDING.first, offset, bytes)] };
    type = "f32";
    count = parts;
    strides = { rows: 1, row: 0, channel: parts, cell: 1 };
  }
}
