// The gradient of a bias: dy summed over the batch and all cells of each channel, pairwise, in levels of 64 numbers to one. The error bound
// grows with the logarithm of how many there are (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2).
import channelSumsShader from "../../shaders/conv/channel-sums.wgsl";
import loadShader from "../../shaders/lib/load.wgsl";
import type { Part } from "../algorithms/algorithm.ts";
import { loaderOf, scratch } from "../algorithms/operands.ts";
import { type Dtype, bytesFor } from "../base/dtype.ts";
import { roundUp } from "../base/shape.ts";
import { dispatch } from "../kernel/dispatch.ts";
import { F32_BYTES, elementTypes } from "../kernel/element-types.ts";
import { BINDING, STORAGE_ALIGNMENT, type Step } from "../kernel/step.ts";
import type { ActivationGradient } from "../problem/activation-gradient.ts";
import type { Layout } from "../problem/problem.ts";

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
  let strides = {
    rows: N,
    fromRow: channels * cells,
    fromChannel: last ? 1 : cells,
    fromCell: last ? channels : 1,
  };
  let from = first;
  let type = elementTypes(dtype).one;
  // Levels take turns in two halves of the workspace.
  const half = roundUp(channels * Math.ceil(count / FAN) * F32_BYTES, STORAGE_ALIGNMENT);
  for (let level = 0; ; level++) {
    const parts = Math.ceil(count / FAN);
    const done = parts === 1;
    const bytes = channels * parts * F32_BYTES;
    const offset = (level % 2) * half;
    steps.push(
      dispatch({
        threads: channels * parts,
        shaders: [...from.shaders, channelSumsShader],
        aliases: { E: type, Y: done ? elementTypes(dtype).one : "f32" },
        constants: from.constants,
        ...(level > 0 && !done && { readWrite: [BINDING.first] }),
        ranges: [
          ...from.bindings,
          done
            ? { binding: BINDING.output, operand: "db", offset: 0, size: bytesFor(channels, dtype) }
            : scratch(BINDING.output, offset, bytes),
        ],
        uniforms: { parts, count, ...strides },
      }),
    );
    if (done) return { steps, workspaceBytes: level === 0 ? 0 : Math.min(level, 2) * half };
    from = { shaders: [loadShader], constants: {}, bindings: [scratch(BINDING.first, offset, bytes)] };
    type = "f32";
    count = parts;
    strides = { rows: 1, fromRow: 0, fromChannel: parts, fromCell: 1 };
  }
}
