// The places of the largest and the smallest elements along an axis.
import argMaxShader from "../../../shaders/ops/arg-max/arg-max.wgsl";
import { checkOptions } from "../../base/validate.ts";
import { run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import { WORKGROUP_SIZE } from "../../kernel/step.ts";
import { aloneOnLines, linesAtOnce } from "../shared/software-lines.ts";
import { ARG_MAX_KEYS, type ArgMaxOptions, extremesOf } from "./geometry.ts";

/** Shortest line that the invocations of a workgroup may share. */
const LONG_LINE = 4 * WORKGROUP_SIZE;

/** Most elements that an invocation loads at once. */
const MOST_AT_ONCE = 8;

/**
 * The place of the largest element along an axis, as torch.argmax: NaN counts as larger than all numbers, and the first of equal elements is
 * taken.
 *
 * @param x of any shape, with elements along the axis
 * @param options `axis` (the channels by default), `keepDimensions`, `selectLast`
 * @returns a new "u32" tensor without the axis
 * @throws ConvError naming the invalid argument
 * @example const classes = argMax(logits); // [N, C, H, W] -> [N, H, W]
 */
export function argMax(x: Tensor, options: ArgMaxOptions = {}): Tensor<"u32"> {
  return extremes("argMax", x, options);
}

/**
 * The place of the smallest element along an axis, as torch.argmin: NaN counts as smaller than all numbers, and the first of equal elements is
 * taken.
 *
 * @param x of any shape, with elements along the axis
 * @param options `axis` (the channels by default), `keepDimensions`, `selectLast`
 * @returns a new "u32" tensor without the axis
 * @throws ConvError naming the invalid argument
 * @example const nearest = argMin(distances, { axis: -1 });
 */
export function argMin(x: Tensor, options: ArgMaxOptions = {}): Tensor<"u32"> {
  return extremes("argMin", x, options);
}

function extremes(name: "argMax" | "argMin", x: Tensor, options: ArgMaxOptions): Tensor<"u32"> {
  checkOptions("options", options, ARG_MAX_KEYS);
  const { shape: given, layout, dtype } = checkTensor("x", x);
  const { lines, axis, last, shape } = extremesOf(given, options, layout);
  const y = { shape, layout, dtype: "u32" } as const;
  return run({
    name,
    inputs: { x },
    results: { y },
    parameters: [axis, last],
    recipe: () => {
      const { outer, size, inner } = lines;
      const count = outer * inner;
      const threads = size >= LONG_LINE && !aloneOnLines(x.gpu, count) ? WORKGROUP_SIZE : 1;
      const each = threads === 1 && inner > 1 ? linesAtOnce(x.gpu, inner, count) : 1;
      const step = Math.min(MOST_AT_ONCE / each, Math.ceil(size / threads));
      const found = dispatch({
        shaders: [argMaxShader],
        constants: {
          ...{ THREADS: threads, LINES: each, STEP: step, EVEN: size % (step * threads) === 0 },
          ...{ SMALLEST: name === "argMin", LAST: last },
        },
        aliases: { E: elementTypes(dtype).one },
        ranges: [whole("x", x), whole("y", y)],
        uniforms: { count, size, inner },
        workgroups: Math.ceil(((count / each) * threads) / WORKGROUP_SIZE),
      });
      return { steps: [found] };
    },
  }).y;
}
