// The operators of graphs: `conv`, `convTranspose` and the functions of convoke/ops that networks consist of, by their names. A node's inputs and
// options are the function's arguments, by name.
import type { TensorDtype } from "../base/dtype.ts";
import { refuse } from "../base/error.ts";
import { conv } from "../conv/conv.ts";
import { convTranspose } from "../conv/transposed.ts";
import type { Tensor } from "../gpu/tensor.ts";
import {
  abs,
  activate,
  adaptiveAveragePool,
  adaptiveMaxPool,
  add,
  argMax,
  argMin,
  averagePool,
  batchNorm,
  ceil,
  channelShuffle,
  clamp,
  concatenate,
  deformableConv,
  divide,
  equal,
  erf,
  exp,
  expand,
  flatten,
  floor,
  globalAveragePool,
  globalMaxPool,
  greater,
  greaterOrEqual,
  gridSample,
  groupNorm,
  instanceNorm,
  layerNorm,
  linear,
  localResponseNorm,
  log,
  logSoftmax,
  lpNormalize,
  lpPool,
  matmul,
  maxPool,
  maxPoolWithIndices,
  maxUnpool,
  maximum,
  minimum,
  multiply,
  negate,
  pad,
  pixelShuffle,
  pixelUnshuffle,
  power,
  prelu,
  reciprocal,
  reduceL1,
  reduceL2,
  reduceLogSum,
  reduceLogSumExp,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceProduct,
  reduceSum,
  reduceSumSquare,
  reshape,
  resize,
  rmsNorm,
  roiAlign,
  round,
  sign,
  slice,
  softmax,
  split,
  sqrt,
  sub,
  sumPool,
  transpose,
  upsample,
  where,
} from "../ops/index.ts";
import { describedTensor } from "./inference.ts";
import type { Operator } from "./operator.ts";

type AnyTensor = Tensor<TensorDtype>;

/** Any of the functions: the names of its arguments say what it takes. */
type Operation = (...given: never[]) => object;

/**
 * Returns the operator of a function.
 * @param names its arguments in order: of tensors, of options that are arguments of their own, "list" for a list of all tensors, and "options" for
 * the rest of both
 * @param results the names of the tensors it returns, if it returns a record
 */
function operator(call: Operation, names: readonly string[], results?: readonly string[]): Operator {
  const run: Operator["run"] = (inputs, options) => {
    const rest: Record<string, unknown> = { ...options, ...(names.includes("list") ? {} : inputs) };
    const own = names.map((name) => {
      if (name === "options") return rest;
      if (name === "list") return Object.keys(inputs).map((_, at) => inputs[at]);
      const value = rest[name];
      delete rest[name];
      return value;
    });
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined && !names.includes("options"))
      refuse("unknown-option", "options", unknown, `none but ${names.join(", ")}`);
    const created = (call as (...given: unknown[]) => object)(...own);
    if (results) return results.map((name) => (created as Readonly<Record<string, AnyTensor>>)[name]!);
    return (Array.isArray(created) ? created : [created]) as readonly AnyTensor[];
  };
  const infer: Operator["infer"] = (inputs, options) => {
    const tensors = Object.entries(inputs).map(([name, value]) => [name, describedTensor(value)] as const);
    return run(Object.fromEntries(tensors), options).map(({ shape, layout, dtype }) => ({ shape, layout, dtype }));
  };
  return { infer, run };
}

/** The operators of functions that take the same arguments. */
function family<Name extends string>(calls: Readonly<Record<Name, Operation>>, ...names: readonly string[]) {
  const entries = Object.entries<Operation>(calls).map(([name, call]) => [name, operator(call, names)]);
  return Object.fromEntries(entries) as Record<Name, Operator>;
}

export const operators: Readonly<Record<string, Operator>> = {
  ...family({ conv, convTranspose, linear, deformableConv }, "x", "w", "options"),
  ...family({ add, sub, matmul }, "a", "b", "options"),
  ...family({ multiply, divide, power, minimum, maximum, equal, greater, greaterOrEqual }, "a", "b"),
  ...family({ abs, ceil, erf, exp, floor, log, negate, reciprocal, round, sign, sqrt }, "x"),
  ...family({ flatten, globalAveragePool, globalMaxPool }, "x"),
  ...family({ averagePool, maxPool, sumPool, lpPool, adaptiveAveragePool, adaptiveMaxPool }, "x", "options"),
  ...family({ batchNorm, layerNorm, instanceNorm, groupNorm, rmsNorm, lpNormalize }, "x", "options"),
  ...family({ localResponseNorm, argMax, argMin, softmax, logSoftmax, clamp }, "x", "options"),
  ...family({ reduceL1, reduceL2, reduceLogSum, reduceLogSumExp, reduceMax, reduceMean }, "x", "options"),
  ...family({ reduceMin, reduceProduct, reduceSum, reduceSumSquare }, "x", "options"),
  ...family({ split, slice, pad, transpose, resize, upsample }, "x", "options"),
  ...family({ pixelShuffle, pixelUnshuffle, channelShuffle }, "x", "options"),
  activate: operator(activate, ["x", "activation"]),
  concatenate: operator(concatenate, ["list", "options"]),
  expand: operator(expand, ["x", "shape"]),
  gridSample: operator(gridSample, ["x", "grid", "options"]),
  maxPoolWithIndices: operator(maxPoolWithIndices, ["x", "options"], ["y", "indices"]),
  maxUnpool: operator(maxUnpool, ["x", "indices", "options"]),
  prelu: operator(prelu, ["x", "slope"]),
  reshape: operator(reshape, ["x", "shape", "options"]),
  roiAlign: operator(roiAlign, ["x", "rois", "batchIndices", "options"]),
  where: operator(where, ["condition", "a", "b"]),
};
