// The shared suite of the operations beside convolution: results equal those of the reference within an error bound, in both layouts and
// element types, on memory filled with NaN, and are bit-identical when computed again.
import { expect, inject, it } from "vitest";
import { type Dtype, type TensorDtype, float16Bits, float16Value } from "../../src/base/dtype.ts";
import { elementCount } from "../../src/base/shape.ts";
import type { Engine, Layout, Tensor } from "../../src/index.ts";
import { LAYOUTS } from "../../src/problem/problem.ts";
import type { NdArray } from "../../src/reference.ts";
import { storing } from "../suite/bounds.ts";
import { seedOf, uniform } from "../suite/random.ts";
import { channelsLast } from "./layouts.ts";
import { poisonedEngine } from "./poison.ts";

export { channelsLast };

/** An input tensor of a case, described channels first. */
export interface Input {
  readonly shape: readonly number[];
  /** Generates the values; uniform in [-1, 1) by default. */
  readonly values?: (count: number, seed: number) => ArrayLike<number>;
  /** Whether the shape is the same in both layouts. By default tensors of rank 3 and up are [N, C, ...] and are transposed. */
  readonly layoutFree?: boolean;
  /** The channels-last shape where it is not [N, ...spatial, C]; the values are then the same in row-major order. */
  readonly last?: readonly number[];
  /** The element type, where it is not that of the case. */
  readonly dtype?: TensorDtype;
}

export type Arrays<Name extends string = string> = Readonly<Record<Name, NdArray>>;
/** Numbers, or indices. */
type AnyTensor = Tensor<TensorDtype>;
type Values = Float32Array | Uint32Array;
export type Tensors<Name extends string = string> = Readonly<Record<Name, Tensor>>;

export interface OperationCase<Name extends string = string> {
  readonly name: string;
  readonly inputs: Readonly<Record<Name, Input>>;
  /** Runs the operation. Tensors updated in place are results under their own names. */
  run(tensors: Tensors<Name>, layout: Layout): Readonly<Record<string, AnyTensor>>;
  /** The expected results. */
  reference(arrays: Arrays<Name>, layout: Layout): Readonly<Record<string, NdArray>>;
  /** The largest error of each element before it is stored; 0 where nothing rounds. Each bound states its derivation. */
  bound(
    arrays: Arrays<Name>,
    layout: Layout,
    dtype: Dtype,
  ): Readonly<Record<string, (at: number, expected: number) => number>>;
}

/** Both element types where the adapter supports shader-f16. */
const adapter = await navigator.gpu.requestAdapter();
const dtypes: readonly Dtype[] = adapter?.features.has("shader-f16") ? ["f32", "f16"] : ["f32"];

/**
 * Both layouts and element types: floats in both layouts, and halves, whose kernels differ in the type of what they load alone, in one that
 * alternates from case to case. Where compiling is slow, floats are in the other.
 */
function environments(at: number): { layout: Layout; dtype: Dtype }[] {
  const all = LAYOUTS.flatMap((layout) => dtypes.map((dtype) => ({ layout, dtype })));
  if (inject("draw").parts === 1) return all;
  const halves = LAYOUTS[at % 2]!;
  const every = inject("selection") === "all";
  return all.filter(({ layout, dtype }) => (dtype === "f16" ? layout === halves : every || layout !== halves));
}

/** Weights [K, C, ...kernel], which channels last are [...kernel, C, K]. */
export function weightInput(shape: readonly number[]): Input {
  const [K, C, ...kernel] = shape as [number, number, ...number[]];
  return { shape, last: [...kernel, C, K] };
}

/** Absolute values in the array's shape, which error bounds are computed from. */
export function magnitudes({ data, shape }: NdArray): NdArray {
  return { data: Float64Array.from(data, Math.abs), shape };
}

function arraysOf<Name extends string>(
  { name, inputs }: OperationCase<Name>,
  layout: Layout,
  dtype: Dtype,
): Arrays<Name> {
  const arrays = Object.entries<Input>(inputs).map(
    ([input, { shape, values = uniform, layoutFree, last, dtype: own }]) => {
      const stored = own ?? dtype;
      const data = Float64Array.from(values(elementCount(shape), seedOf(`${name} ${input}`)), (value) =>
        stored === "f16" ? float16Value(float16Bits(value)) : Math.fround(value),
      );
      if (layout === "channels-last" && last) return [input, { shape: last, data }];
      const moves = layout === "channels-last" && shape.length > 2 && !layoutFree;
      return [input, moves ? channelsLast({ shape, data }) : { shape, data }];
    },
  );
  return Object.fromEntries(arrays) as Arrays<Name>;
}

const bits = (values: Values): Uint32Array => new Uint32Array(values.buffer, values.byteOffset, values.length);

async function readAll(tensors: Readonly<Record<string, AnyTensor>>): Promise<Record<string, Values>> {
  const read = await Promise.all(
    Object.entries(tensors).map(async ([name, tensor]) => [name, await tensor.read()] as const),
  );
  return Object.fromEntries(read);
}

/** Compares an operation with its reference. */
async function check<Name extends string>(
  engine: Engine,
  one: OperationCase<Name>,
  layout: Layout,
  dtype: Dtype,
): Promise<void> {
  const arrays = arraysOf(one, layout, dtype);
  const upload = (): Tensors<Name> =>
    Object.fromEntries(
      Object.entries<NdArray>(arrays).map(([name, { data, shape }]) => [
        name,
        engine.tensor(data, shape, { layout, dtype: one.inputs[name as Name].dtype ?? dtype }),
      ]),
    ) as Tensors<Name>;
  const inputs = upload();
  const again = upload();
  const results = one.run(inputs, layout);
  const second = one.run(again, layout);
  try {
    const [values, repeated] = await Promise.all([readAll(results), readAll(second)]);
    const wanted = one.reference(arrays, layout);
    const bounds = one.bound(arrays, layout, dtype);
    expect(Object.keys(results)).toEqual(Object.keys(wanted));
    for (const [name, { data, shape }] of Object.entries(wanted)) {
      expect(results[name]!.shape, `the shape of ${name}`).toEqual([...shape]);
      const got = values[name]!;
      for (let at = 0; at < data.length; at++) {
        const expected = data[at]!;
        const bound = bounds[name]!(at, expected);
        const stored = results[name]!.dtype;
        const most = stored === "u32" ? 0 : bound + storing(stored, expected, bound);
        // Not >, which NaN would pass.
        if (got[at] !== expected && !(Math.abs(got[at]! - expected) <= most))
          expect.fail(`${name}[${at}] of [${shape.join(", ")}]: got ${got[at]}, expected ${expected} within ${most}`);
      }
      expect(bits(repeated[name]!), `${name}, a second time`).toEqual(bits(got));
    }
  } finally {
    for (const tensors of [inputs, again, results, second])
      for (const tensor of Object.values<AnyTensor>(tensors)) tensor.destroy();
  }
}

/** Declares the tests of every case of a file. */
export function testOperations(cases: readonly OperationCase<never>[]): void {
  const engine = poisonedEngine();
  cases.forEach((one, at) => {
    for (const { layout, dtype } of environments(at))
      it.concurrent(`${one.name}, ${layout}, ${dtype}`, () => check(engine(), one, layout, dtype));
  });
}
