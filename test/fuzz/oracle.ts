// The expected outcome of a call: its problem, computed by the reference within the bound of the shared suite, or a refusal.
import type { Dtype } from "../../src/base/dtype.ts";
import { fromFloat16Bits, toFloat16Bits } from "../../src/base/dtype.ts";
import { ConvError } from "../../src/base/error.ts";
import { elementCount } from "../../src/base/shape.ts";
import { checkOptions } from "../../src/base/validate.ts";
import { activationGradientOf } from "../../src/conv/options.ts";
import type { ConvInputs } from "../../src/index.ts";
import { CONSTRAINT_KEYS, type Constraints, checkConstraints } from "../../src/planner/choose.ts";
import {
  type ConvDescriptor,
  type ConvProblem,
  GEOMETRY_KEYS,
  type Layout,
  type Pass,
  convProblem,
  splitShape,
} from "../../src/problem/problem.ts";
import { transposedGradient, transposedProblem } from "../../src/problem/transposed.ts";
import { type Operands, gateValues, namesOf, shapeOf } from "../suite/passes.ts";
import { uniform } from "../suite/random.ts";
import type { Call, Operation } from "./call.ts";

const EPILOGUE = ["bias", "residual", "activation"];
const GRADIENT = ["activation", "output", "preActivation"];

/** The options of each operation besides geometry and constraints. */
const OWN_OPTIONS: Readonly<Record<Operation, readonly string[]>> = {
  conv: EPILOGUE,
  convTranspose: [...EPILOGUE, "outputPadding", "outputShape"],
  convBackwardData: [...GRADIENT, "inputShape"],
  convBackwardWeights: [...GRADIENT, "kernelShape"],
  convBackwardBias: GRADIENT,
  convTransposeBackwardData: [...GRADIENT, "outputPadding", "inputShape"],
  convTransposeBackwardWeights: [...GRADIENT, "outputPadding", "kernelShape"],
};

/** The problem of a call, and the arguments of `engine.plan` for it. */
export interface Expected {
  readonly problem: ConvProblem;
  readonly pass: Pass;
  readonly descriptor: ConvDescriptor;
  readonly constraints: Constraints;
  /** The problem's names of the operation's tensor arguments, in order. */
  readonly names: readonly (keyof ConvInputs)[];
}

const NAMES: Readonly<Record<Operation, readonly (keyof ConvInputs)[]>> = {
  conv: ["x", "w"],
  convTranspose: ["dy", "w"],
  convBackwardData: ["dy", "w"],
  convBackwardWeights: ["x", "dy"],
  convBackwardBias: ["dy"],
  convTransposeBackwardData: ["x", "w"],
  convTransposeBackwardWeights: ["dy", "x"],
};

/** Returns the given fields of options, of any prototype or class: all that can be read from them counts. */
function fieldsOf(options: object, keys: readonly string[]): Record<string, unknown> {
  const values = options as Record<string, unknown>;
  return Object.fromEntries(keys.filter((key) => values[key] !== undefined).map((key) => [key, values[key]]));
}

/** Names of shapes in refusals, of which only the code counts here. */
const GIVEN = { input: "dy.shape", kernel: "w.shape", given: "x.shape" };

/** The padding of a transposed convolution in numbers: a name such as "same" refers to its output, not to that of the mirrored convolution. */
function numbered({ rank, padBegin, padEnd }: ConvProblem): number[][] {
  return padBegin.map((begin, axis) => [begin, padEnd[axis]!]).slice(3 - rank);
}

/** Describes an operation as a pass, by the shapes of its convolution. */
export function describedAs(
  { operation, shapes, layout, dtype }: Pick<Call, "operation" | "shapes" | "layout" | "dtype">,
  given: unknown,
): { pass: Pass; descriptor: ConvDescriptor; constraints: Record<string, unknown> } {
  const allowed = operation === "convBackwardBias" ? [] : [...GEOMETRY_KEYS, ...CONSTRAINT_KEYS];
  const options = checkOptions("options", given, [...allowed, ...OWN_OPTIONS[operation]]);
  const [first, second] = shapes as [number[], number[]];
  const common = { ...fieldsOf(options, GEOMETRY_KEYS), layout, dtype };
  const epilogue = {
    bias: options["bias"] !== undefined,
    residual: options["residual"] !== undefined,
    ...fieldsOf(options, ["activation"]),
  };
  const through = (operand: "x" | "dy") => activationGradientOf(options, operand).description;
  const as = (pass: Pass, inputShape: unknown, kernelShape: unknown, rest: object) => ({
    pass,
    descriptor: { ...common, inputShape, kernelShape, ...rest } as ConvDescriptor,
    constraints: fieldsOf(options, CONSTRAINT_KEYS),
  });
  switch (operation) {
    case "conv":
      return as("forward", first, second, epilogue);
    case "convTranspose": {
      const own = fieldsOf(options, ["outputPadding", "outputShape"]);
      const problem = transposedProblem({
        ...common,
        ...epilogue,
        ...own,
        inputShape: first,
        kernelShape: second,
      });
      return as("backward-data", shapeOf(problem, "result"), second, { ...epilogue, padding: numbered(problem) });
    }
    case "convBackwardData":
      return as("backward-data", options["inputShape"], second, through("dy"));
    case "convBackwardWeights":
      return as("backward-weights", first, options["kernelShape"], through("dy"));
    case "convTransposeBackwardData": {
      const { descriptor } = as("forward", first, second, through("x"));
      const problem = transposedGradient("forward", descriptor, options["outputPadding"], options["inputShape"], GIVEN);
      return as("forward", first, second, { ...through("x"), padding: numbered(problem) });
    }
    case "convTransposeBackwardWeights": {
      const { descriptor } = as("backward-weights", second, options["kernelShape"], through("x"));
      const problem = transposedGradient("backward-weights", descriptor, options["outputPadding"], [...first], GIVEN);
      return as("backward-weights", second, options["kernelShape"], { ...through("x"), padding: numbered(problem) });
    }
    case "convBackwardBias": {
      // The sum equals the gradient of 1x1 weights for an x whose only channel is all ones.
      const { N, channels, spatial } = splitShape(first, layout);
      const ones = spatial.map(() => 1);
      const [x, w] =
        layout === "channels-first"
          ? [
              [N, 1, ...spatial],
              [channels, 1, ...ones],
            ]
          : [
              [N, ...spatial, 1],
              [...ones, 1, channels],
            ];
      return as("backward-weights", x, w, through("dy"));
    }
  }
}

/** Returns the expected outcome of a call with these options: a problem, or the refusal. Other errors are thrown on. */
export function expectedOf(call: Call, options: unknown): Expected | ConvError {
  try {
    const { pass, descriptor, constraints } = describedAs(call, options ?? (options === undefined ? {} : options));
    const problem = convProblem(pass, descriptor);
    const names = NAMES[call.operation];
    for (const [at, name] of names.entries()) {
      if (shapeOf(problem, name).join() !== call.shapes[at]!.join())
        return new ConvError("shape-mismatch", `${name}.shape: does not fit`);
    }
    for (const [name, shape] of Object.entries(call.tensors)) {
      const given = (options as Record<string, unknown> | undefined)?.[name];
      if (given === undefined || call.spoiled?.at === `options.${name}`) continue;
      if (shapeOf(problem, name as keyof ConvInputs).join() !== shape.join())
        return new ConvError("shape-mismatch", `${name}.shape: does not fit`);
    }
    return { problem, pass, descriptor, constraints: checkConstraints("options", constraints), names };
  } catch (error) {
    if (error instanceof ConvError) return error;
    throw error;
  }
}

/** The layout and type of values. */
interface Kind {
  readonly layout: Layout;
  readonly dtype: Dtype;
}

function rounded({ dtype }: Kind, values: Float32Array): Float32Array {
  return dtype === "f16" ? fromFloat16Bits(toFloat16Bits(values)) : values;
}

/** Makes values for all operands of a problem, in [-1, 1) before an activation. */
export function numbersFor({ problem }: Expected, { operation, seed }: Call): Operands {
  const operands: Operands = {};
  const fill = (name: keyof ConvInputs, at: number): Float32Array =>
    rounded(problem, uniform(elementCount(shapeOf(problem, name)), seed + at));
  namesOf(problem).forEach((name, at) => (operands[name] = fill(name, at)));
  const by = problem.activationGradient;
  if (by) {
    const name = by.from === "output" ? "output" : "preActivation";
    operands[name] = rounded(problem, gateValues(problem, fill(name, 8)));
  }
  if (operation === "convBackwardBias") operands.x!.fill(1);
  return operands;
}
