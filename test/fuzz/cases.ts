// Generates arbitrary cases: mostly operations, and the calls of the API around them.
import * as fc from "fast-check";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { DTYPES, type Dtype } from "../../src/base/dtype.ts";
import { LAYOUTS, multiplyAdds } from "../../src/problem/problem.ts";
import { candidatesOf } from "../suite/candidates.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";
import { PLANNED, type Call } from "./call.ts";
import { type Space, calls, problemOf } from "./calls.ts";
import { type Case, type EncodeCase, FAULTS, type FindCase, type TensorCase } from "./case.ts";
import { JUNK } from "./junk.ts";
import { operationCases } from "./operation-calls.ts";

const junk = fc.constantFrom(...Object.keys(JUNK));
/** Makes plain objects: others cannot be sent to every browser. */
const record = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true });
/** Generates a value once in this many times. */
const once = <T>(times: number, one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: one });
const maybe = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => once(2, one);
const seldom = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => once(4, one);

function without<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}

const tensorPlaces = {
  tensor: [
    "first",
    "first.0",
    "shape",
    "shape.0",
    "shape.1",
    "options",
    "options.dtype",
    "options.layout",
    "options.strides",
  ],
  empty: ["shape", "shape.0", "shape.1", "options", "options.dtype", "options.layout", "options.shape"],
  wrap: ["first", "shape", "shape.0", "options", "options.dtype", "options.layout"],
};

/** Includes half precision on devices without it: the engine must refuse it. */
const tensorCases: fc.Arbitrary<TensorCase> = record({
  operation: fc.constantFrom("tensor", "empty", "wrap" as const),
  shape: fc.oneof(
    { weight: 9, arbitrary: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 0, maxLength: 5 }) },
    { weight: 1, arbitrary: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 8 }) },
  ),
  options: record({ dtype: seldom(fc.constantFrom(...DTYPES)), layout: maybe(fc.constantFrom(...LAYOUTS)) }),
  list: fc.constantFrom("Array", "Float32Array", "Float64Array", "Int8Array", "Uint16Array" as const),
  beyond: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, -1),
  usage: fc.constantFrom(
    ["STORAGE", "COPY_SRC", "COPY_DST"] as const,
    ["STORAGE", "COPY_SRC"] as const,
    ["STORAGE"] as const,
    ["COPY_SRC", "COPY_DST"] as const,
  ),
  spoiled: seldom(record({ at: fc.nat(20), by: junk })),
  seed: fc.noShrink(fc.nat()),
}).map(({ spoiled, options, ...rest }) => {
  const places = tensorPlaces[rest.operation];
  const place = spoiled && { at: places[spoiled.at % places.length]!, by: spoiled.by };
  return { ...rest, options: without(options), ...(place && { spoiled: place }) };
});

/** Returns a call without junk, and only with constraints that its problem can satisfy. */
function withoutRefusals(given: Call): Call {
  const { spoiled: _, ...call } = given;
  const { algorithm, variant: _v, maxWorkspaceBytes: _m, ...options } = call.options;
  const problem = problemOf(call);
  const named = algorithms.find(({ name }) => name === algorithm);
  const isOffered = problem && named && candidatesOf(named, problem, SOFTWARE_TRAITS).length > 0;
  const kept = isOffered ? { algorithm } : {};
  return { ...call, way: "eager", options: { ...options, ...kept } };
}

/** Generates valid calls that have a plan. */
function planned(space: Space, dtypes: readonly Dtype[], most: number): fc.Arbitrary<Call> {
  return calls(space, dtypes)
    .map(withoutRefusals)
    .filter((call) => {
      if (!(call.operation in PLANNED)) return false;
      const problem = problemOf(call);
      return problem !== undefined && multiplyAdds(problem) <= most;
    });
}

function encodeCases(space: Space, dtypes: readonly Dtype[]): fc.Arbitrary<EncodeCase> {
  return record({
    operation: fc.constant("encode" as const),
    call: planned(space, dtypes, 2e5),
    given: fc.array(fc.constantFrom("tensor", "buffer", "larger" as const), { minLength: 1, maxLength: 5 }),
    workspace: fc.constantFrom("none", "buffer", "larger" as const),
    fault: maybe(record({ at: fc.nat(9), by: fc.constantFrom(...FAULTS), junk })),
  }).map(without);
}

const findPlaces = [
  "options",
  ...["progress", "signal", "maxErrorGrowth", "maxErrorSpread", "maxWorkspaceBytes", "algorithm", "samples"].map(
    (key) => `options.${key}`,
  ),
];

/** Generates searches among few kernels, since a search compiles every algorithm. */
function findCases(dtypes: readonly Dtype[]): fc.Arbitrary<FindCase> {
  return record({
    operation: fc.constant("find" as const),
    call: planned("pools", dtypes, 2e4),
    options: record({
      maxErrorGrowth: maybe(fc.constantFrom(1, 4, 1e6)),
      maxErrorSpread: maybe(fc.constantFrom(0, 3, 64)),
      maxWorkspaceBytes: maybe(fc.constantFrom(0, 2 ** 16, 2 ** 24)),
      algorithm: maybe(fc.constantFrom("auto", ...algorithms.map(({ name }) => name))),
    }).map(without),
    abort: seldom(fc.nat(4)),
    spoiled: seldom(record({ at: fc.constantFrom(...findPlaces), by: junk })),
  }).map(without);
}

/** The frequency of each kind, of two hundred. */
interface Shares {
  readonly calls: number;
  readonly operations: number;
  readonly tensors: number;
  readonly encodes: number;
  readonly finds: number;
}

/** Excludes searches in "pools", since they compile every algorithm. */
const SHARES: Readonly<Record<Space, Shares>> = {
  wide: { calls: 103, operations: 60, tensors: 16, encodes: 20, finds: 1 },
  pools: { calls: 144, operations: 20, tensors: 16, encodes: 20, finds: 0 },
};

/** Generates cases in the element types of a device. */
export function cases(space: Space, dtypes: readonly Dtype[] = DTYPES): fc.Arbitrary<Case> {
  const shares = SHARES[space];
  return fc.oneof(
    { weight: shares.calls, arbitrary: calls(space, dtypes) },
    { weight: shares.operations, arbitrary: operationCases(space, dtypes) },
    { weight: shares.tensors, arbitrary: tensorCases },
    { weight: shares.encodes, arbitrary: encodeCases(space, dtypes) },
    { weight: shares.finds, arbitrary: findCases(dtypes) },
  );
}
