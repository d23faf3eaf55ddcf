// The operators of graphs: `conv`, `convTranspose` and the functions of convoke/ops that networks consist of, by their names. A node's inputs and
// options are the function's arguments, by name.
import type { TensorDtype } from "../base/dtype.ts";
import { refuse } from "../base/error.ts";
import { conv } from "../conv/conv.ts";
import { convTranspose } from "../conv/transposed.ts";
import type { Tensor } from "../gpu/tensor.ts";
import * as ops from "../ops/index.ts";
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

const { add, sub, multiply, divide, power, minimum, maximum, equal, greater, greaterOrEqual } = ops;
const { abs, ceil, erf, exp, floor, log, negate, reciprocal, round, sign, sqrt } = ops;
const { averagePool, maxPool, sumPool, lpPool, adaptiveAveragePool, adaptiveMaxPool } = ops;
const { batchNorm, layerNorm, instanceNorm, groupNorm, rmsNorm, lpNormalize, localResponseNorm } = ops;
const { reduceL1, reduceL2, reduceLogSum, reduceLogSumExp, reduceMax } = ops;
const { reduceMean, reduceMin, reduceProduct, reduceSum, reduceSumSquare, argMax, argMin, softmax, logSoftmax } = ops;
const { split, slice, pad, transpose, resize, upsample, clamp } = ops;
const { pixelShuffle, pixelUnshuffle, channelShuffle, flatten, globalAveragePool, globalMaxPool } = ops;

export const operators: Readonly<Record<string, Operator>> = {
  ...family({ conv, convTranspose, linear: ops.linear, deformableConv: ops.deformableConv }, "x", "w", "options"),
  ...family({ add, sub, matmul: ops.matmul }, "a", "b", "options"),
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
  activate: operator(ops.activate, ["x", "activation"]),
  concatenate: operator(ops.concatenate, ["list", "options"]),
  expand: operator(ops.expand, ["x", "shape"]),
  gridSample: operator(ops.gridSample, ["x", "grid", "options"]),
  maxPoolWithIndices: operator(ops.maxPoolWithIndices, ["x", "options"], ["y", "indices"]),
  maxUnpool: operator(ops.maxUnpool, ["x", "indices", "options"]),
  prelu: operator(ops.prelu, ["x", "slope"]),
  reshape: operator(ops.reshape, ["x", "shape", "options"]),
  roiAlign: operator(ops.roiAlign, ["x", "rois", "batchIndices", "options"]),
  where: operator(ops.where, ["condition", "a", "b"]),
};
