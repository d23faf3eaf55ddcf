// What every operation beside convolution has to pass: its results are those of its reference within its error bound, in both layouts
// and element types, on memory full of NaN, and the same bits a second time.
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { type Dtype, float16Bits, float16Value } from "../../src/base/dtype.ts";
import { type Engine, type Layout, type Tensor, createEngine } from "../../src/index.ts";
import type { NdArray } from "../../src/reference.ts";
import { elementCount } from "../../src/base/shape.ts";
import { storing } from "../suite/bounds.ts";
import { seedOf, uniform } from "../suite/random.ts";
import { channelsLast } from "./layouts.ts";
import { poisonedDevice } from "./poison.ts";

export { channelsLast };

/** One tensor of a case, described with its channels first. */
export interface Input {
  readonly shape: readonly number[];
  /** Its values; uniform in [-1, 1) unless given. */
  readonly values?: (count: number, seed: number) => ArrayLike<number>;
  /** Whether its axes change places with the layout: [N, C, ...] and of rank 3 and up unless given. */
  readonly layoutFree?: boolean;
  /** Its shape channels last, where that is not [N, ...spatial, C]: values are then the same in row-major order. */
  readonly last?: readonly number[];
  /** An element type other than that of the case. */
  readonly dtype?: Dtype;
}

export type Arrays<Name extends string = string> = Readonly<Record<Name, NdArray>>;
export type Tensors<Name extends string = string> = Readonly<Record<Name, Tensor>>;

export interface OperationCase<Name extends string = string> {
  readonly name: string;
  readonly inputs: Readonly<Record<Name, Input>>;
  /** Runs the operation. Tensors that it changes are results under their own names. */
  run(engine: Engine, tensors: Tensors<Name>, layout: Layout): Readonly<Record<string, Tensor>>;
  /** What it has to come to. */
  reference(arrays: Arrays<Name>, layout: Layout): Readonly<Record<string, NdArray>>;
  /** The most by which a result may differ before it is stored, element by element; 0 where nothing rounds. With its derivation. */
  bound(
    arrays: Arrays<Name>,
    layout: Layout,
    dtype: Dtype,
  ): Readonly<Record<string, (at: number, expected: number) => number>>;
}

/** Half precision where this browser has it. */
const adapter = await navigator.gpu.requestAdapter();
const dtypes: readonly Dtype[] = adapter?.features.has("shader-f16") ? ["f32", "f16"] : ["f32"];

/** Both layouts and element types; where compiling is slow one layout for each element type, taking turns from case to case. */
function circumstances(at: number): { layout: Layout; dtype: Dtype }[] {
  const layouts = ["channels-first", "channels-last"] as const;
  if (inject("selection") === "all") return dtypes.flatMap((dtype) => layouts.map((layout) => ({ layout, dtype })));
  return dtypes.map((dtype, turn) => ({ layout: layouts[(at + turn) % 2]!, dtype }));
}

/** Weights [K, C, ...kernel], which channels last are [...kernel, C, K]. */
export function weightInput(shape: readonly number[]): Input {
  const [K, C, ...kernel] = shape as [number, number, ...number[]];
  return { shape, last: [...kernel, C, K] };
}

/** The sizes of numbers, in their array's shape: what an error bound is made of. */
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

const bits = (values: Float32Array): Uint32Array => new Uint32Array(values.buffer, values.byteOffset, values.length);

async function readAll(tensors: Readonly<Record<string, Tensor>>): Promise<Record<string, Float32Array>> {
  const read = await Promise.all(
    Object.entries(tensors).map(async ([name, tensor]) => [name, await tensor.read()] as const),
  );
  return Object.fromEntries(read);
}

/** Holds an operation to its reference. */
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
  const results = one.run(engine, inputs, layout);
  const second = one.run(engine, again, layout);
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
        const most = bound + storing(results[name]!.dtype, expected, bound);
        // Not >, which NaN would pass.
        if (got[at] !== expected && !(Math.abs(got[at]! - expected) <= most))
          expect.fail(`${name}[${at}] of [${shape.join(", ")}]: got ${got[at]}, expected ${expected} within ${most}`);
      }
      expect(bits(repeated[name]!), `${name}, a second time`).toEqual(bits(got));
    }
  } finally {
    for (const tensors of [inputs, again, results, second])
      for (const tensor of Object.values<Tensor>(tensors)) tensor.destroy();
  }
}

/** The tests of every case of a file. */
export function testOperations(cases: readonly OperationCase<never>[]): void {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ device: await poisonedDevice(), tuning: "forget" });
  });
  afterAll(() => {
    engine.destroy();
    engine.device.destroy();
  });

  cases.forEach((one, at) => {
    for (const { layout, dtype } of circumstances(at))
      it.concurrent(`${one.name}, ${layout}, ${dtype}`, () => check(engine, one, layout, dtype));
  });
}
