// The gradient of a bias: the pairwise sum of dy over the batch and the cells of each channel, in levels that add 64 numbers each. The error
// bound grows with the logarithm of their count (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2).
import channelSumsShader from "../../shaders/conv/channel-sums.wgsl";
import loadShader from "../../shaders/lib/load.wgsl";
import type { PartialPlan } from "../algorithms/algorithm.ts";
import { loaderOf } from "../algorithms/operands.ts";
import { type Dtype, bytesFor } from "../base/dtype.ts";
import { dispatch } from "../kernel/dispatch.ts";
import { F32_BYTES, elementTypes } from "../kernel/element-types.ts";
import { levelsOf } from "../kernel/levels.ts";
import { BINDING, type Step } from "../kernel/step.ts";
import { Workspace } from "../kernel/workspace.ts";
import type { ActivationGradient } from "../problem/activation-gradient.ts";
import type { Operand } from "../problem/operand.ts";
import type { Layout } from "../problem/problem.ts";

/** The sums to compute: of the tensor dy, optionally multiplied by the derivative of an activation. */
export interface ChannelSums {
  readonly N: number;
  readonly channels: number;
  readonly cells: number;
  readonly layout: Layout;
  readonly dtype: Dtype;
  readonly gradient?: ActivationGradient;
}

/** Returns the steps, which read dy (and gate) and write db. */
export function channelSums({ N, channels, cells, layout, dtype, gradient }: ChannelSums): PartialPlan {
  const last = layout === "channels-last";
  const operand = {
    binding: BINDING.first,
    operand: "dy",
    offset: 0,
    size: bytesFor(N * channels * cells, dtype),
  } as const;
  const dyLoader = loaderOf(operand, gradient);
  const dyStrides = {
    rows: N,
    fromRow: channels * cells,
    fromChannel: last ? 1 : cells,
    fromCell: last ? channels : 1,
  };
  const { one } = elementTypes(dtype);
  const workspace = new Workspace();
  const result = { operand: "db", offset: 0, size: bytesFor(channels, dtype) } as const;
  const steps = levelsOf<Operand>(workspace, { sums: channels, terms: N * cells, partBytes: F32_BYTES, result }).map(
    ({ terms, parts, from, to, last: done, inPlace }): Step => {
      const loader = from
        ? { shaders: [loadShader], constants: {}, bindings: [{ ...from, binding: BINDING.first }] }
        : dyLoader;
      const strides = from ? { rows: 1, fromRow: 0, fromChannel: terms, fromCell: 1 } : dyStrides;
      return dispatch({
        threads: channels * parts,
        shaders: [...loader.shaders, channelSumsShader],
        aliases: { E: from ? "f32" : one, Y: done ? one : "f32" },
        constants: loader.constants,
        ...(inPlace && { readWrite: [BINDING.first] }),
        ranges: [...loader.bindings, { ...to, binding: BINDING.output }],
        uniforms: { parts, count: terms, ...strides },
      });
    },
  );
  return { steps, workspaceBytes: workspace.bytes };
}
