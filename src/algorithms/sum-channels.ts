import type { ActivationGradient } from "../activation-gradient.ts";
// The gradient of a bias: dy summed over the batch and all cells of each channel, pairwise, in levels of 64 numbers to one. The error bound
// grows with the logarithm of how many there are (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2).
import type { Dtype } from "../dtype.ts";
import { bytesFor } from "../dtype.ts";
import { BINDING, type Step, STORAGE_ALIGNMENT, WORKGROUP_SIZE, gridFor } from "../plan.ts";
import type { Layout } from "../problem.ts";
import { roundUp } from "../shape.ts";
import type { Part } from "./algorithm.ts";
import { F32_BYTES, type Loader, elementTypes, gatedLoader, scratch } from "./parts.ts";

/** Numbers that a thread of sum-channels.wgsl adds. */
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
  const plain: Loader = { shaders: ["lib/load"], constants: {}, bindings: [operand] };
  const first = gradient ? gatedLoader(gradient, operand, "lib/load") : plain;
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
        shaders: ["lib/thread", ...from.shaders, "sum-channels"],
        aliases: { E: type, Y: done ? elementTypes(dtype).one : "f32" },
        constants: { WORKGROUP_SIZE, ...from.constants },
        ...(level > 0 && !done && { shared: [BINDING.first] }),
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
    from = { ...plain, bindings: [scratch(BINDING.first, offset, bytes)] };
    type = "f32";
    count = parts;
    strides = { rows: 1, row: 0, channel: parts, cell: 1 };
  }
}
