// Generates arbitrary calls of operations beside convolution: most are consistent, some have a size that does not fit, some have junk in one place.
import * as fc from "fast-check";
import type { Dtype } from "../../src/base/dtype.ts";
import { ConvError } from "../../src/base/error.ts";
import { ELEMENT_ACTIVATIONS } from "../../src/ops/shared/geometry/element-activation.ts";
import { mapOfShape, shapeOf } from "../../src/ops/shared/geometry/feature-map.ts";
import { type WindowOptions, pooled, windowsOf } from "../../src/ops/shared/geometry/windows.ts";
import { LAYOUTS, type Layout, joinShape } from "../../src/problem/problem.ts";
import type { Given, OperationCall, OperationName } from "../ops/call.ts";
import type { Space } from "./calls.ts";
import { JUNK } from "./junk.ts";
import type { OperationCase } from "./operation.ts";

const int = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const axes = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { minLength: 3, maxLength: 3 });
/** Generates a value once in this many times. */
const once = <T>(times: number, one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: one });
const maybe = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => once(2, one);

/** The ingredients of a call, each of which shrinks on its own. */
function ingredients(space: Space, dtypes: readonly Dtype[]) {
  return fc.record({
    layout: fc.constantFrom(...LAYOUTS),
    dtype: fc.constantFrom(...dtypes),
    rank: space === "wide" ? fc.constantFrom(2, 1, 3) : fc.constant(2),
    N: int(1, 3),
    C: fc.oneof({ weight: 6, arbitrary: int(1, 6) }, { weight: 2, arbitrary: fc.constantFrom(8, 12, 33) }),
    size: axes(fc.oneof({ weight: 6, arbitrary: int(1, 9) }, { weight: 1, arbitrary: int(10, 24) })),
    kernel: axes(int(1, space === "wide" ? 5 : 2)),
    stride: maybe(axes(int(1, 4))),
    dilation: maybe(axes(int(1, 3))),
    padding: fc.constantFrom("none", "number", "list", "pairs", "same", "valid", "full"),
    pads: axes(fc.tuple(int(0, 2), int(0, 2))),
    single: fc.boolean(),
    flag: maybe(fc.boolean()),
    other: maybe(fc.boolean()),
    bins: axes(int(1, 7)),
    activation: fc.constantFrom(...ELEMENT_ACTIVATIONS),
    parameter: maybe(fc.constantFrom(0, 0.5, 1, 2, -0.25, 0.1)),
    from: fc.constantFrom("output", "preActivation" as const),
    axis: maybe(int(-6, 5)),
    parts: fc.array(int(1, 5), { minLength: 1, maxLength: 4 }),
    groups: int(1, 4),
    epsilon: maybe(fc.constantFrom(1e-5, 1e-3, 0.5)),
    affine: fc.record({ scale: fc.boolean(), bias: fc.boolean() }),
    wrong: once(16, fc.record({ place: fc.nat(5), axis: fc.nat(4) })),
    spoiled: once(4, fc.record({ at: fc.nat(30), nested: fc.nat(3), by: fc.constantFrom(...Object.keys(JUNK)) })),
    seed: fc.noShrink(fc.nat()),
  });
}

type Ingredients = ReturnType<typeof ingredients> extends fc.Arbitrary<infer T> ? T : never;
type Made = Omit<OperationCall, "operation">;

/** Writes a value for each axis, or one number for all. */
function perAxis<T>({ rank, single }: Ingredients, values: readonly T[] | undefined): T | T[] | undefined {
  return single ? values?.[0] : values?.slice(3 - rank);
}

/** Returns the options that are not undefined. */
function given(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

const spatial = ({ rank, size }: Ingredients): number[] => size.slice(3 - rank);
const mapOf = (parts: Ingredients, channels = parts.C): number[] =>
  joinShape(parts.N, channels, spatial(parts), parts.layout);

function windowOptions(parts: Ingredients): WindowOptions {
  const { pads, rank, padding } = parts;
  const own = pads.slice(3 - rank);
  const forms: Record<string, unknown> = { number: own[0]![0], list: own.map(([begin]) => begin), pairs: own };
  return given({
    kernelSize: perAxis(parts, parts.kernel),
    stride: perAxis(parts, parts.stride),
    dilation: perAxis(parts, parts.dilation),
    padding: padding === "none" ? undefined : (forms[padding] ?? padding),
    ceilMode: parts.flag,
  }) as unknown as WindowOptions;
}

/** Returns the pooled shape, or an invented one if the windows do not fit. */
function pooledShape(parts: Ingredients, options: WindowOptions): number[] {
  const x = mapOf(parts);
  try {
    const map = mapOfShape("x.shape", x, parts.layout);
    return shapeOf(pooled(map, windowsOf(map, options)));
  } catch (error) {
    if (!(error instanceof ConvError)) throw error;
    return x;
  }
}

/** Makes calls of a pooling by windows. */
const pooling =
  (more: (parts: Ingredients) => Record<string, unknown> = () => ({})) =>
  (parts: Ingredients): Made => ({ given: [mapOf(parts)], options: { ...windowOptions(parts), ...more(parts) } });

/** Makes calls of the gradient of a pooling by windows. */
const poolingBackward =
  (more: (parts: Ingredients) => Record<string, unknown> = () => ({}), indexed = false) =>
  (parts: Ingredients): Made => {
    const options = windowOptions(parts);
    const dy = pooledShape(parts, options);
    const indices: Given[] = indexed ? [{ f32: dy }] : [];
    return { given: [dy, ...indices], options: { ...options, ...more(parts), inputShape: mapOf(parts) } };
  };

const averaging = ({ other, groups, single }: Ingredients) =>
  given({ includePadding: other, divisor: single ? groups : undefined });
const gaussian = (parts: Ingredients) => ({ sigma: perAxis(parts, parts.bins) });
const adaptive = (parts: Ingredients) => ({ outputSize: perAxis(parts, parts.bins) });

function adaptiveBackward(indexed: boolean) {
  return (parts: Ingredients): Made => {
    const bins = parts.bins.slice(3 - parts.rank).map((count, _, all) => (parts.single ? all[0]! : count));
    const dy = joinShape(parts.N, parts.C, bins, parts.layout);
    const options = { outputSize: parts.single ? bins[0]! : bins, inputShape: mapOf(parts) };
    return { given: indexed ? [dy, { f32: dy }] : [dy], options };
  };
}

function activationOf({ activation, parameter }: Ingredients): unknown {
  if (parameter === undefined) return activation;
  const keys: Record<string, string> = { "leaky-relu": "slope", softplus: "beta", shrink: "lambd" };
  const alphas = ["elu", "linear", "selu", "celu", "thresholded-relu", "hard-sigmoid"];
  const key = alphas.includes(activation) ? "alpha" : keys[activation];
  return { name: activation, ...(key !== undefined && { [key]: parameter }) };
}

/** Returns a shape of any rank. */
function anyShape({ rank, N, C, size, single }: Ingredients): number[] {
  return single ? [N, C, ...size.slice(3 - rank)] : [N, C, ...size].slice(0, rank);
}

/** Returns a shape that is broadcast over another: some of its axes have size 1, or the first is missing. */
function spread({ bins, flag }: Ingredients, shape: readonly number[], turn = 0): number[] {
  return shape.map((size, at) => (bins[(at + turn) % bins.length]! % 2 ? size : 1)).slice(flag ? 1 : 0);
}

/** Returns two shapes that are broadcast over each other, and the shape of both. */
function pairOf(parts: Ingredients): { pair: [number[], number[]]; shape: number[] } {
  const shape = anyShape(parts);
  const other = spread(parts, shape);
  return { pair: parts.other ? [other, shape] : [shape, other], shape };
}

const binary = (parts: Ingredients): Made => ({ given: pairOf(parts).pair });
const binaryBackward = (parts: Ingredients): Made => {
  const { pair, shape } = pairOf(parts);
  return { given: [shape, ...pair] };
};
const sumOptions = (parts: Ingredients) =>
  given({ scale: parts.parameter, activation: parts.single ? activationOf(parts) : undefined });
const addition = (parts: Ingredients): Made => ({ given: pairOf(parts).pair, options: sumOptions(parts) });
const sumBackward = (parts: Ingredients): Made => {
  const { pair, shape } = pairOf(parts);
  const [aShape, bShape] = pair;
  return {
    given: [shape],
    options: { ...sumOptions(parts), aShape, bShape },
    tensors: parts.single ? { [parts.from]: shape } : {},
  };
};
const clamped = ({ parameter, epsilon }: Ingredients) => given({ min: parameter, max: epsilon });

const layerActivation = (parts: Ingredients) => given({ activation: parts.flag ? activationOf(parts) : undefined });
const axisOption = ({ axis }: Ingredients) => given({ axis });

/** Returns the scale and bias of a normalisation in a shape. */
function affineOf({ affine: { scale, bias } }: Ingredients, shape: readonly number[], backward: boolean) {
  return { ...(scale && { scale: shape }), ...(bias && !backward && { bias: shape }) };
}

const norm =
  (
    more: (parts: Ingredients) => Record<string, unknown>,
    backward: boolean,
    shape = ({ C }: Ingredients): number[] => [C],
  ) =>
  (parts: Ingredients): Made => ({
    given: backward ? [mapOf(parts), mapOf(parts)] : [mapOf(parts)],
    options: { ...given({ epsilon: parts.epsilon }), ...more(parts) },
    tensors: affineOf(parts, shape(parts), backward),
  });

const noOptions = () => ({});
const groups = (parts: Ingredients) => ({ groups: parts.C % parts.groups === 0 ? parts.groups : 1 });
const layerAxes = ({ flag, rank, other, axis, groups: apart }: Ingredients) => {
  if (axis !== undefined && other === undefined) return { axes: flag ? [axis, axis + apart] : [axis] };
  return given({ axes: flag === undefined ? undefined : flag ? "channels" : other ? 1 : rank });
};
/** Returns the sizes of the axes that a layer is normalised over; now and then a wrong shape. */
function layerShape(parts: Ingredients): number[] {
  const { axes: counted } = layerAxes(parts);
  const all = mapOf(parts).slice(1);
  if (counted === "channels") return [parts.C];
  if (Array.isArray(counted)) return counted.map((axis: number) => mapOf(parts).at(axis) ?? 1);
  return typeof counted === "number" ? all.slice(-counted) : all;
}

const MAKERS = {
  averagePool: pooling(averaging),
  averagePoolBackward: poolingBackward(averaging),
  sumPool: pooling(),
  sumPoolBackward: poolingBackward(),
  maxPool: pooling(),
  maxPoolWithIndices: pooling(({ other }) => ({ indexing: other ? "tensor" : "plane" })),
  maxPoolBackward: poolingBackward(undefined, true),
  // Odd norms take magnitudes: near 0 a root errs by more than its argument.
  lpPool: pooling(({ groups: norms, other }) => ({ norm: norms, abs: norms > 2, scaleCut: other })),
  gaussianPool: pooling(gaussian),
  gaussianPoolBackward: poolingBackward(gaussian),
  adaptiveAveragePool: (parts) => ({ given: [mapOf(parts)], options: adaptive(parts) }),
  adaptiveAveragePoolBackward: adaptiveBackward(false),
  adaptiveMaxPool: (parts) => ({ given: [mapOf(parts)], options: adaptive(parts) }),
  adaptiveMaxPoolWithIndices: (parts) => ({ given: [mapOf(parts)], options: adaptive(parts) }),
  activate: (parts) => ({ given: [anyShape(parts)], options: activationOf(parts) }),
  activateBackward: (parts) => ({
    given: [anyShape(parts)],
    options: { activation: activationOf(parts) },
    tensors: { [parts.from]: anyShape(parts) },
  }),
  add: addition,
  addBackward: sumBackward,
  sub: addition,
  subBackward: sumBackward,
  multiply: binary,
  multiplyBackward: binaryBackward,
  divide: binary,
  minimum: binary,
  minimumBackward: binaryBackward,
  maximum: binary,
  maximumBackward: binaryBackward,
  greater: binary,
  exp: (parts) => ({ given: [anyShape(parts)] }),
  round: (parts) => ({ given: [anyShape(parts)] }),
  erfBackward: (parts) => ({ given: [anyShape(parts), anyShape(parts)] }),
  clamp: (parts) => ({ given: [anyShape(parts)], options: clamped(parts) }),
  clampBackward: (parts) => ({ given: [anyShape(parts), anyShape(parts)], options: clamped(parts) }),
  where: (parts) => ({ given: [spread(parts, anyShape(parts), 1), ...pairOf(parts).pair] }),
  whereBackward: (parts) => ({
    given: [anyShape(parts), spread(parts, anyShape(parts), 1)],
    options: { bShape: spread(parts, anyShape(parts)) },
  }),
  softmax: (parts) => ({ given: [anyShape(parts)], options: axisOption(parts) }),
  logSoftmax: (parts) => ({ given: [anyShape(parts)], options: axisOption(parts) }),
  softmaxBackward: softmaxBackward,
  logSoftmaxBackward: softmaxBackward,
  concatenate(parts) {
    const shape = anyShape(parts);
    const axis = parts.axis ?? (parts.layout === "channels-last" && shape.length > 2 ? -1 : 1);
    const at = axis < 0 ? axis + shape.length : axis;
    const list = parts.parts.map((part) => shape.map((size, one) => (one === at ? part : size)));
    return { given: [{ list }], options: axisOption(parts) };
  },
  split(parts) {
    const shape = anyShape(parts);
    const axis = parts.axis ?? (parts.layout === "channels-last" && shape.length > 2 ? -1 : 1);
    const at = axis < 0 ? axis + shape.length : axis;
    const whole = parts.parts.reduce((sum, part) => sum + part, 0);
    const x = shape.map((size, one) => (one === at ? whole : size));
    const how = parts.flag ? { sections: parts.groups } : { sizes: parts.parts };
    return { given: [x], options: { ...how, ...axisOption(parts) } };
  },
  transpose(parts) {
    const x = anyShape(parts);
    const turn = parts.groups % Math.max(1, x.length);
    const order = x.map((_, axis) => (axis + turn) % x.length);
    return { given: [x], options: parts.flag ? {} : { permutation: order } };
  },
  slice(parts) {
    const x = anyShape(parts);
    const { bins, groups: most, flag } = parts;
    const sliced = x.map((_, axis) => axis).slice(0, bins.length);
    const ends = sliced.map((axis) => (flag ? -Infinity : (bins[axis] ?? 1)));
    const steps = sliced.map(() => (flag ? -most : most));
    return { given: [x], options: { starts: sliced.map(() => (flag ? -1 : 0)), ends, steps } };
  },
  linear(parts) {
    const { N, C, bins, affine } = parts;
    const [K] = bins as [number];
    const bias: Record<string, Given> = affine.bias ? { bias: [K] } : {};
    return {
      given: [
        [N, C],
        [K, C],
      ],
      options: layerActivation(parts),
      tensors: bias,
    };
  },
  linearBackward(parts) {
    const { N, C, bins, from } = parts;
    const [K] = bins as [number];
    const options = layerActivation(parts);
    const gate: Record<string, Given> = "activation" in options ? { [from]: [N, K] } : {};
    return {
      given: [
        [N, K],
        [N, C],
        [K, C],
      ],
      options,
      tensors: gate,
    };
  },
  batchNorm(parts) {
    const made = norm(noOptions, false)(parts);
    return { ...made, tensors: { ...made.tensors, mean: [parts.C], variance: [parts.C] } };
  },
  batchNormTraining: norm(({ flag }) => given({ biasedVariance: flag ? false : undefined }), false),
  batchNormBackward(parts) {
    const made = norm(noOptions, true)(parts);
    const { epsilon: _, ...options } = made.options as Record<string, unknown>;
    const statistics = { mean: { f32: [parts.C] }, inverseDeviation: { f32: [parts.C] } };
    return parts.flag
      ? { ...made, tensors: { ...made.tensors, mean: [parts.C], variance: [parts.C] } }
      : { ...made, options, tensors: { ...made.tensors, ...statistics } };
  },
  layerNorm: norm(layerAxes, false, layerShape),
  layerNormBackward: norm(layerAxes, true, layerShape),
  layerNormWithStatistics: norm(layerAxes, false, layerShape),
  rmsNorm: rms,
  rmsNormWithStatistics: rms,
  lpNormalize: (parts) => ({
    given: [anyShape(parts)],
    options: given({ ...axisOption(parts), p: parts.flag === undefined ? undefined : parts.flag ? 1 : 2 }),
  }),
  instanceNorm: norm(noOptions, false),
  instanceNormWithStatistics: norm(noOptions, false),
  groupNormWithStatistics: norm(groups, false),
  instanceNormBackward: norm(noOptions, true),
  groupNorm: norm(groups, false),
  groupNormBackward: norm(groups, true),
} satisfies Partial<Record<OperationName, (parts: Ingredients) => Made>>;

/** A normalisation with a scale and no bias. */
function rms(parts: Ingredients): Made {
  const made = norm(layerAxes, true, layerShape)(parts);
  return { ...made, given: made.given.slice(1) };
}

function softmaxBackward(parts: Ingredients): Made {
  return { given: [anyShape(parts)], options: axisOption(parts), tensors: { output: anyShape(parts) } };
}

/** Makes one size of a call wrong by one. */
function misfit(call: OperationCall, wrong: Ingredients["wrong"]): OperationCall {
  const place = wrong && wrong.place % call.given.length;
  return {
    ...call,
    given: call.given.map((one, at) =>
      at === place && !("list" in one) && !("f32" in one)
        ? one.map((size, axis) => (axis === wrong!.axis % one.length ? size + 1 : size))
        : one,
    ),
  };
}

/** Returns a place for junk: a tensor, the options, or a field of them, given or not. */
function spoiledPlace(call: OperationCall, { at, nested }: NonNullable<Ingredients["spoiled"]>): string {
  const names = typeof call.options === "object" ? Object.keys(call.options as object) : [];
  const fields = [...names, "axis", "padding", "kernelSize", "epsilon"];
  const tensors = Object.keys(call.tensors ?? {});
  const places = [
    ...call.given.map((one, place) => ("list" in one ? `${place}.0` : `${place}`)),
    ...["options", ...[...fields, ...tensors].map((name) => `options.${name}`)],
    ...names.map((name) => `options.${name}.${nested}`),
  ];
  return places[at % places.length]!;
}

export function operationCases(space: Space, dtypes: readonly Dtype[]): fc.Arbitrary<OperationCase> {
  const operations = fc.constantFrom(...(Object.keys(MAKERS) as (keyof typeof MAKERS)[]));
  return fc.tuple(operations, ingredients(space, dtypes)).map(([operation, parts]) => {
    const { spoiled, wrong, dtype, seed } = parts;
    const layout: Layout = parts.layout;
    const call = misfit({ operation, ...MAKERS[operation](parts) }, wrong);
    const place = spoiled && { at: spoiledPlace(call, spoiled), by: spoiled.by };
    return { operation: "operation", call, layout, dtype, seed, ...(place && { spoiled: place }) };
  });
}
