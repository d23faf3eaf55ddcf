// Generates arbitrary calls of convolutions with every option: most are consistent, some are not, some have junk in one place.
import * as fc from "fast-check";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { DEFAULT_TRAITS } from "../../src/algorithms/traits.ts";
import { DTYPES, type Dtype } from "../../src/base/dtype.ts";
import { ConvError } from "../../src/base/error.ts";
import { ACTIVATIONS } from "../../src/problem/activation.ts";
import { PADDING_MODES } from "../../src/problem/padding.ts";
import {
  type ConvProblem,
  LAYOUTS,
  type Layout,
  convProblem,
  joinShape,
  multiplyAdds,
} from "../../src/problem/problem.ts";
import { candidatesOf } from "../suite/candidates.ts";
import { shapeOf } from "../suite/passes.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";
import { ARGUMENTS, type Call, OPERATIONS, PLANNED, type Spoiled } from "./call.ts";
import { JUNK } from "./junk.ts";
import { describedAs } from "./oracle.ts";

/** The space of calls. In "pools", whatever becomes a shader constant takes one of a few values, so that few kernels are compiled. */
export type Space = "wide" | "pools";

/** The most multiply-adds of a problem; larger ones are discarded. The reference takes a second for a hundred million. */
const MOST_MULTIPLY_ADDS = 2e6;

const int = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
/** Generates a value once in this many times. */
const once = <T>(times: number, one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: one });
const axes = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { minLength: 3, maxLength: 3 });
const maybe = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => once(2, one);

/** The values that shape kernels: sizes along three axes, of which a problem takes the last ones. */
const kernels = {
  wide: fc.record({
    rank: fc.constantFrom(2, 1, 3),
    kernel: axes(fc.oneof({ weight: 8, arbitrary: int(1, 4) }, { weight: 1, arbitrary: int(5, 9) })),
    stride: axes(fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, { weight: 3, arbitrary: int(1, 4) })),
    dilation: axes(fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, { weight: 2, arbitrary: int(1, 3) })),
    paddingMode: maybe(fc.constantFrom(...PADDING_MODES)),
    mode: maybe(fc.constantFrom("cross-correlation", "convolution")),
  }),
  pools: fc.constantFrom(
    {
      rank: 2,
      kernel: [1, 3, 3],
      stride: [1, 1, 1],
      dilation: [1, 1, 1],
      paddingMode: "zeros" as const,
      mode: undefined,
    },
    { rank: 2, kernel: [1, 1, 1], stride: [1, 1, 1], dilation: [1, 1, 1], paddingMode: undefined, mode: undefined },
    {
      ...{ rank: 2, kernel: [1, 3, 2], stride: [1, 2, 2], dilation: [1, 1, 2] },
      ...{ paddingMode: "reflect" as const, mode: "convolution" },
    },
  ),
};

const activationNames = {
  wide: fc.constantFrom(...ACTIVATIONS),
  pools: fc.constantFrom(ACTIVATIONS[0], "gelu" as const),
};

/** The ingredients of a call, each of which shrinks on its own. */
function ingredients(space: Space, dtypes: readonly Dtype[]) {
  const groups = space === "wide" ? fc.constantFrom(1, 1, 1, 2, 3, 4) : fc.constantFrom(1, 1, 2);
  const channels = fc.oneof(
    { weight: 12, arbitrary: int(1, 5) },
    { weight: 2, arbitrary: fc.constantFrom(8, 16, 33) },
    { weight: 1, arbitrary: fc.constant(0) },
  );
  /** Now and then a crop, or cells enough to reach round the input again. */
  const pad = fc.oneof(
    { weight: 12, arbitrary: int(0, 3) },
    { weight: 2, arbitrary: int(-2, -1) },
    { weight: 1, arbitrary: int(4, 12) },
  );
  return fc.record({
    operation: fc.constantFrom(...OPERATIONS),
    way: fc.constantFrom("eager", "eager", "run", "encode" as const),
    layout: fc.constantFrom(...LAYOUTS),
    dtype: fc.constantFrom(...dtypes),
    N: fc.oneof({ weight: 15, arbitrary: fc.constantFrom(1, 1, 2, 3) }, { weight: 1, arbitrary: fc.constant(0) }),
    groups,
    inner: channels,
    outer: channels,
    kernels: kernels[space],
    size: axes(
      fc.oneof(
        { weight: 18, arbitrary: int(1, 9) },
        { weight: 3, arbitrary: int(10, 20) },
        { weight: 1, arbitrary: fc.constant(0) },
      ),
    ),
    pads: axes(fc.tuple(pad, pad)),
    padding: fc.constantFrom("none", "number", "list", "pairs", "same", "same-lower", "valid", "full"),
    /** How options that take a number or a list are written. */
    written: fc.record({ stride: fc.boolean(), dilation: fc.boolean() }),
    paddingValue: maybe(fc.constantFrom(0, 1.5, -0.1)),
    bias: fc.boolean(),
    residual: fc.boolean(),
    activation: maybe(activationNames[space]),
    parameter: maybe(space === "wide" ? fc.constantFrom(0, 0.5, 1, 2, -0.25, 0.1) : fc.constant(0.5)),
    from: fc.constantFrom("output", "preActivation" as const),
    outputs: fc.constantFrom("default", "outputPadding", "outputShape"),
    extra: axes(int(0, 3)),
    algorithm: maybe(fc.constantFrom("auto", ...algorithms.map(({ name }) => name))),
    variant: maybe(fc.nat(40)),
    maxErrorGrowth: maybe(fc.constantFrom(1, 2, 30, 256, 1e6)),
    maxErrorSpread: maybe(fc.constantFrom(0, 3, 64)),
    maxWorkspaceBytes: maybe(fc.constantFrom(0, 1024, 65_536, 2 ** 24)),
    /** A size that is off by one, now and then. */
    wrong: once(16, fc.record({ shape: fc.nat(1), axis: fc.nat(4) })),
    spoiled: once(4, fc.record({ at: fc.nat(30), nested: fc.nat(3), by: fc.constantFrom(...Object.keys(JUNK)) })),
    seed: fc.noShrink(fc.nat()),
  });
}

type Ingredients = ReturnType<typeof ingredients> extends fc.Arbitrary<infer T> ? T : never;

/** Writes a value for each axis, or one number for all. */
function perAxis(values: readonly number[], single: boolean): { option: number | number[]; values: number[] } {
  return single
    ? { option: values[0]!, values: values.map(() => values[0]!) }
    : { option: [...values], values: [...values] };
}

function kernelShape(outer: number, inner: number, kernel: readonly number[], layout: Layout): number[] {
  return layout === "channels-first" ? [outer, inner, ...kernel] : [...kernel, inner, outer];
}

function geometryOf(parts: Ingredients): Record<string, unknown> {
  const { kernels: k, pads, padding, paddingValue, written, groups } = parts;
  const own = <T>(values: readonly T[]): T[] => values.slice(3 - k.rank);
  const stride = perAxis(own(k.stride), written.stride);
  const dilation = perAxis(own(k.dilation), written.dilation);
  const forms: Record<string, unknown> = {
    number: pads[2]![0],
    list: own(pads).map(([begin]) => begin),
    pairs: own(pads),
  };
  const given = padding === "none" ? undefined : (forms[padding] ?? padding);
  const options: Record<string, unknown> = {};
  if (stride.values.some((value) => value !== 1)) options["stride"] = stride.option;
  if (dilation.values.some((value) => value !== 1)) options["dilation"] = dilation.option;
  if (given !== undefined) options["padding"] = given;
  if (k.paddingMode !== undefined) options["paddingMode"] = k.paddingMode;
  if (paddingValue !== undefined && (k.paddingMode ?? "zeros") === "zeros") options["paddingValue"] = paddingValue;
  if (groups !== 1) options["groups"] = groups;
  if (k.mode !== undefined) options["mode"] = k.mode;
  return options;
}

function activationOf({ activation, parameter }: Ingredients): unknown {
  if (activation === undefined || parameter === undefined) return activation;
  if (activation === "leaky-relu") return { name: activation, slope: parameter };
  return activation === "elu" ? { name: activation, alpha: parameter } : { name: activation };
}

/** Returns the output of the convolution, or an invented one if there is none. */
function outputOf(x: number[], w: number[], layout: Layout, options: Record<string, unknown>): number[] {
  try {
    return shapeOf(convProblem("forward", { ...options, inputShape: x, kernelShape: w, layout }), "result");
  } catch (error) {
    if (!(error instanceof ConvError)) throw error;
    return x;
  }
}

/** Returns the names of all variants of an algorithm for a problem, on any adapter. */
function variantNames(name: string, problem: ConvProblem): string[] {
  const algorithm = algorithms.find((one) => one.name === name);
  const names = [DEFAULT_TRAITS, SOFTWARE_TRAITS].flatMap((traits) =>
    algorithm ? candidatesOf(algorithm, problem, traits).map(({ variant }) => variant) : [],
  );
  return [...new Set([...names, "m4n4", "m16n16-quads", "p2q2", "f2", "m0n0", "m4n4k4"])];
}

function constraintsOf(parts: Ingredients, problem: ConvProblem | undefined): Record<string, unknown> {
  const { algorithm, variant, maxErrorGrowth, maxErrorSpread, maxWorkspaceBytes } = parts;
  const options: Record<string, unknown> = {};
  if (algorithm !== undefined) options["algorithm"] = algorithm;
  if (variant !== undefined && algorithm !== undefined && algorithm !== "auto" && problem) {
    const names = variantNames(algorithm, problem);
    options["variant"] = names[variant % names.length];
  }
  if (maxErrorGrowth !== undefined) options["maxErrorGrowth"] = maxErrorGrowth;
  if (maxErrorSpread !== undefined) options["maxErrorSpread"] = maxErrorSpread;
  if (maxWorkspaceBytes !== undefined) options["maxWorkspaceBytes"] = maxWorkspaceBytes;
  return options;
}

/** Returns the tensor that gives the derivative: a valid one, except for calls meant to be wrong. */
function gateOf({ activation, parameter, from, wrong }: Ingredients): Ingredients["from"] {
  const hides = ["silu", "gelu", "hard-swish"].includes(activation ?? "") || (parameter ?? 0) < 0;
  return hides && !wrong ? "preActivation" : from;
}

/** Returns output padding below the stride or the dilation, except for calls meant to be wrong. */
function extraOf({ kernels: k, written, extra, wrong }: Ingredients): number[] {
  const own = (values: readonly number[], single: boolean): number[] =>
    perAxis(values.slice(3 - k.rank), single).values;
  const [strides, dilations] = [own(k.stride, written.stride), own(k.dilation, written.dilation)];
  return extra
    .slice(3 - k.rank)
    .map((cells, axis) => (wrong ? cells : cells % Math.max(strides[axis]!, dilations[axis]!)));
}

/** Returns the call without constraints and without its fault. */
function plainCall(parts: Ingredients): Call {
  const { operation, layout, dtype, N, groups, inner, outer, kernels: k, size, seed } = parts;
  const own = (values: readonly number[]): number[] => values.slice(3 - k.rank);
  const [C, K] = [groups * inner, groups * outer];
  const options = geometryOf(parts);
  if (operation.startsWith("convTranspose")) delete options["paddingValue"];
  const w = kernelShape(K, inner, own(k.kernel), layout);
  const x = joinShape(N, C, own(size), layout);
  const y = outputOf(x, w, layout, options);
  const activation = activationOf(parts);
  const base = { operation, way: operation in PLANNED ? parts.way : ("eager" as const), layout, dtype, seed };
  const gradient = activation === undefined ? {} : { activation };
  const gate = (shape: readonly number[]) => (activation === undefined ? {} : { [gateOf(parts)]: shape });
  switch (operation) {
    case "conv": {
      const tensors = { ...(parts.bias && { bias: [K] }), ...(parts.residual && { residual: y }) };
      return { ...base, shapes: [x, w], options: { ...options, ...gradient }, tensors };
    }
    case "convTranspose": {
      // Its x is the convolution's y; the sizes of the convolution's x are possible sizes of its result.
      const spatial = own(size);
      const outputs = {
        default: {},
        outputPadding: { outputPadding: extraOf(parts) },
        outputShape: { outputShape: spatial },
      }[parts.outputs as "default"];
      const all = { ...options, ...outputs, ...gradient };
      const call = { ...base, shapes: [y, w], options: all, tensors: {} };
      return { ...call, tensors: epilogueOf(call, parts, C) };
    }
    case "convBackwardData":
      return {
        ...{ ...base, shapes: [y, w], tensors: gate(y) },
        options: { ...options, ...gradient, inputShape: x },
      };
    case "convBackwardWeights":
      return {
        ...{ ...base, shapes: [x, y], tensors: gate(y) },
        options: { ...options, ...gradient, kernelShape: w },
      };
    case "convTransposeBackwardData": {
      // What the convolution of x gives is one possible input of the transposed convolution, without output padding.
      const input = parts.outputs === "outputShape" ? { inputShape: y } : {};
      return { ...base, shapes: [x, w], tensors: gate(x), options: { ...options, ...gradient, ...input } };
    }
    case "convTransposeBackwardWeights":
      return {
        ...{ ...base, shapes: [y, x], tensors: gate(x) },
        options: { ...options, ...gradient, kernelShape: w },
      };
    case "convBackwardBias": {
      // The oracle computes it by a convolution with one cell, which a map without cells has no room for.
      const dy = x.map((cells, axis) => (axis > 0 && cells === 0 ? 1 : cells));
      return { ...base, shapes: [dy], tensors: gate(dy), options: gradient };
    }
  }
}

/** Returns bias and residual of a transposed convolution, whose shapes follow from its options. */
function epilogueOf(call: Call, { bias, residual }: Ingredients, C: number): Call["tensors"] {
  const problem = problemOf(call);
  return {
    ...(bias && { bias: [C] }),
    ...(residual && { residual: problem ? shapeOf(problem, "result") : call.shapes[0]! }),
  };
}

/** Returns the problem that a call describes, if it is valid. */
export function problemOf(call: Call): ConvProblem | undefined {
  try {
    // The values of the tensors among the options do not matter here.
    const { pass, descriptor } = describedAs(call, { ...call.options, ...call.tensors });
    return convProblem(pass, descriptor);
  } catch (error) {
    if (error instanceof ConvError) return undefined;
    throw error;
  }
}

const UNKNOWN = ["strides", "dtype", "layout", "inputShape"];

/** Returns a place for junk: the options, one of them (given or not), an element of one, or a tensor. */
function spoiledAt(call: Call, at: number, nested: number): string {
  const known = ["stride", "dilation", "padding", "paddingMode", "paddingValue", "groups", "mode", "activation"];
  const constraints = [
    "algorithm",
    "variant",
    "maxErrorGrowth",
    "maxErrorSpread",
    "maxWorkspaceBytes",
    "bias",
    "residual",
    "output",
  ];
  const places = [
    ...Object.keys({ ...call.options, ...call.tensors }).map((key) => `options.${key}`),
    ...Object.entries(call.options).flatMap(([key, value]) => {
      if (Array.isArray(value)) return [`options.${key}.${nested}`];
      return typeof value === "object" ? [`options.${key}.${nested % 2 ? "name" : "slope"}`] : [];
    }),
    ...ARGUMENTS[call.operation],
    "options",
    ...[...known, ...constraints, "preActivation", ...UNKNOWN].map((key) => `options.${key}`),
  ];
  return places[at % places.length]!;
}

function callOf(parts: Ingredients): Call {
  const plain = plainCall(parts);
  const limits = plain.operation === "convBackwardBias" ? {} : constraintsOf(parts, problemOf(plain));
  let call: Call = { ...plain, options: { ...plain.options, ...limits } };
  const { wrong, spoiled } = parts;
  if (wrong) {
    const shapes = call.shapes.map((shape, at) =>
      at === wrong.shape ? shape.map((one, axis) => one + (axis === wrong.axis % shape.length ? 1 : 0)) : shape,
    );
    call = { ...call, shapes };
  }
  if (!spoiled) return call;
  const by: Spoiled = { at: spoiledAt(call, spoiled.at, spoiled.nested), by: spoiled.by };
  return { ...call, spoiled: by };
}

/** Whether a call is small enough to compute on the CPU quickly. */
function isSmall(call: Call): boolean {
  const problem = problemOf(call);
  return problem === undefined || multiplyAdds(problem) <= MOST_MULTIPLY_ADDS;
}

/** Generates calls in the element types of a device. */
export function calls(space: Space, dtypes: readonly Dtype[] = DTYPES): fc.Arbitrary<Call> {
  return ingredients(space, dtypes).map(callOf).filter(isSmall);
}
