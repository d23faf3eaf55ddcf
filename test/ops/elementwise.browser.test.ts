// Functions of one number, clamping, comparisons and choices, and what element-wise operations do with NaN, infinities and zeros.
import { expect, it } from "vitest";
import type { TensorDtype } from "../../src/base/dtype.ts";
import * as engineOperations from "../../src/ops/index.ts";
import * as cpu from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { poisonedEngine } from "./poison.ts";
import { type Input, type OperationCase, testOperations } from "./suite.ts";

/** Objects, whose functions are found by names that are computed. */
const [operations, reference] = [{ ...engineOperations }, { ...cpu }];

/** Unit roundoff of float32; a ULP is at most 2 u. */
const u = 2 ** -24;

type Unary = "sqrt" | "exp" | "log" | "abs" | "reciprocal" | "erf";
type Flat = "negate" | "floor" | "ceil" | "round" | "sign";

const SHAPE = [3, 5, 8];
const far = (count: number, seed: number): Float32Array => uniform(count, seed).map((v) => 4 * v);
const positive = (count: number, seed: number): Float32Array => uniform(count, seed).map((v) => Math.exp(9 * v));
/** Numbers whose squares have inverses in the range of halves. */
const near = (count: number, seed: number): Float32Array => uniform(count, seed).map((v) => Math.exp(5 * v));
/** Halves: integers and ties between two. */
const halves = (count: number, seed: number): Float32Array => uniform(count, seed).map((v) => Math.round(12 * v) / 2);

/**
 * The relative errors of a function and of a term of its gradient. WGSL: sqrt is the inverse of an inverse square root (2 ULP and 2.5), a
 * division errs by 2.5 ULP, exp(-x^2) by 3 + 2 x^2 ULP, and the rounded square by x^2 u. `exp` promises 2 ULP, `log` 1 and `erf` 2.
 */
const FUNCTIONS: readonly { name: Unary; values: Input["values"]; error: number; slopeError: (v: number) => number }[] =
  [
    { name: "sqrt", values: positive, error: 9 * u, slopeError: () => 15 * u },
    { name: "exp", values: far, error: 4 * u, slopeError: () => 5 * u },
    { name: "log", values: positive, error: 2 * u, slopeError: () => 6 * u },
    { name: "abs", values: far, error: 0, slopeError: () => 0 },
    { name: "reciprocal", values: near, error: 5 * u, slopeError: () => 11 * u },
    { name: "erf", values: far, error: 4 * u, slopeError: (v) => (8 + 5 * v * v) * u },
  ];

const functions = FUNCTIONS.flatMap(({ name, values, error, slopeError }): OperationCase<never>[] => {
  const forward: OperationCase<"x"> = {
    name,
    inputs: { x: { shape: SHAPE, ...(values && { values }) } },
    run: ({ x }) => ({ y: operations[name](x) }),
    reference: ({ x }) => ({ y: reference[name](x) }),
    bound: () => ({ y: (_, expected) => error * 1.01 * Math.abs(expected) }),
  };
  const backward: OperationCase<"dy" | "x"> = {
    name: `gradient of ${name}`,
    inputs: { dy: { shape: SHAPE }, x: { shape: SHAPE, ...(values && { values }) } },
    run: ({ dy, x }) => ({ dx: operations[`${name}Backward`](dy, x) }),
    reference: ({ dy, x }) => ({ dx: reference[`${name}Backward`](dy, x) }),
    bound: ({ x }) => ({ dx: (at, expected) => slopeError(x.data[at]!) * 1.01 * Math.abs(expected) }),
  };
  return [forward, backward];
});

const exact = (["negate", "floor", "ceil", "round", "sign"] as const).map((name: Flat, at): OperationCase<"x"> => ({
  name,
  inputs: { x: { shape: [[7], [2, 6], [1, 3, 5, 8], [], [2, 1, 2, 3, 1, 2]][at]!, values: halves } },
  run: ({ x }) => ({ y: operations[name](x) }),
  reference: ({ x }) => ({ y: reference[name](x) }),
  bound: () => ({ y: () => 0 }),
})) as readonly OperationCase<never>[];

const BOUNDS = [
  {},
  { min: -0.5 },
  { max: 1 },
  { min: -1, max: 2 },
  { min: 1, max: -1 },
  { min: -Infinity, max: Infinity },
];
const clamps = BOUNDS.flatMap((options): OperationCase<never>[] => {
  const forward: OperationCase<"x"> = {
    name: `clamp by ${Object.entries(options).join(" ")}`,
    inputs: { x: { shape: [2, 3, 10], values: halves } },
    run: ({ x }) => ({ y: operations.clamp(x, options) }),
    reference: ({ x }) => ({ y: reference.clamp(x, options) }),
    bound: () => ({ y: () => 0 }),
  };
  const backward: OperationCase<"dy" | "x"> = {
    name: `gradient of clamp by ${Object.entries(options).join(" ")}`,
    inputs: { dy: { shape: [2, 3, 8] }, x: { shape: [2, 3, 8], values: halves } },
    run: ({ dy, x }) => ({ dx: operations.clampBackward(dy, x, options) }),
    reference: ({ dy, x }) => ({ dx: reference.clampBackward(dy, x, options) }),
    bound: () => ({ dx: () => 0 }),
  };
  return [forward, backward];
});

/** Conditions, of which 0 alone does not hold. */
const conditions = (count: number, seed: number): Float32Array =>
  uniform(count, seed).map((v) => [0, 0, -0, 1, -0.5, Number.NaN, 1e-3, Infinity][Math.floor(4 + 4 * v)]!);

const CHOICES = [
  [
    [2, 3, 4, 8],
    [2, 3, 4, 8],
    [2, 3, 4, 8],
  ],
  [
    [2, 1, 4, 8],
    [1, 3, 1, 1],
    [2, 3, 1, 8],
  ],
  [
    [1, 1, 5],
    [2, 3, 1],
    [1, 3, 5],
  ],
] as const;
const choices = CHOICES.flatMap(([condition, a, b]): OperationCase<never>[] => {
  const name = `where of [${condition.join(", ")}], [${a.join(", ")}] and [${b.join(", ")}]`;
  const shape = condition.map((size, at) => Math.max(size, a[at]!, b[at]!));
  const forward: OperationCase<"condition" | "a" | "b"> = {
    name,
    inputs: { condition: { shape: condition, values: conditions }, a: { shape: a }, b: { shape: b } },
    run: (given) => ({ y: operations.where(given.condition, given.a, given.b) }),
    reference: (given) => ({ y: reference.where(given.condition, given.a, given.b) }),
    bound: () => ({ y: () => 0 }),
  };
  const backward: OperationCase<"dy" | "condition"> = {
    name: `gradients of ${name}`,
    inputs: { dy: { shape, layoutFree: true }, condition: { shape: condition, values: conditions, layoutFree: true } },
    run: (given) => ({ ...operations.whereBackward(given.dy, given.condition, { aShape: a, bShape: b }) }),
    reference: (given) => ({ ...reference.whereBackward(given.dy, given.condition, { aShape: a, bShape: b }) }),
    // At most 64 terms of at most 1.
    bound: () => ({ da: () => 64 * 64 * u, db: () => 64 * 64 * u }),
  };
  return [forward, backward];
});

testOperations([...functions, ...exact, ...clamps, ...choices]);

const engine = poisonedEngine();
const NUMBERS = [Number.NaN, Infinity, -Infinity, 0, -0, 1, -1, 2, -2, 3, 0.5, -0.5, 1.5, -1.5, 1e30, -1e30, 1e-30];

const PAIRED = {
  minimum: 0,
  maximum: 0,
  equal: 0,
  greater: 0,
  greaterOrEqual: 0,
  multiply: u,
  divide: 5 * u,
  power: 16 * u,
  add: u,
  sub: u,
};
/** Numbers from here on are within the range of float32, with no regard to subnormal ones. */
const [LEAST, MOST] = [2 ** -125, 2 ** 127];

function expectNumber(got: number, wanted: number, error: number, what: string): void {
  if (Number.isNaN(wanted)) return expect(got, what).toBeNaN();
  if (Math.abs(wanted) >= 2 ** 128) return expect(got, what).toBe(Math.sign(wanted) * Infinity);
  if (Math.abs(wanted) > MOST) return;
  if (wanted === 0 || Math.abs(wanted) < LEAST) return expect(Math.abs(got), what).toBeLessThanOrEqual(LEAST);
  expect(Math.abs(got - wanted), what).toBeLessThanOrEqual(1.01 * error * Math.abs(wanted));
}

it.each(Object.entries(PAIRED))("%s of NaN, infinities, zeros and the like", async (name, error) => {
  const count = NUMBERS.length;
  const operation = name as keyof typeof PAIRED;
  const [a, b] = [engine().tensor(NUMBERS, [count, 1]), engine().tensor(NUMBERS, [count])];
  const y = operations[operation](a, b);
  const values = await y.read();
  const data = NUMBERS.map(Math.fround);
  reference[operation]({ data, shape: [count, 1] }, { data, shape: [count] }).data.forEach((wanted, at) =>
    expectNumber(values[at]!, wanted, error, `${name} of ${data[Math.floor(at / count)]} and ${data[at % count]}`),
  );
  for (const one of [a, b, y]) one.destroy();
});

it.each(["sqrt", "exp", "log", "abs", "reciprocal", "erf", "floor", "ceil", "sign"] as const)(
  "%s of NaN, infinities, zeros and the like",
  async (name) => {
    // WGSL leaves the sign of NaN open.
    const numbers = NUMBERS.filter((v) => !(name === "sign" && Number.isNaN(v)));
    const x = engine().tensor(numbers, [numbers.length]);
    const y = operations[name](x);
    const values = await y.read();
    reference[name]({ data: numbers.map(Math.fround), shape: [numbers.length] }).data.forEach((wanted, at) =>
      expectNumber(values[at]!, wanted, 9 * u, `${name} of ${numbers[at]}`),
    );
    for (const one of [x, y]) one.destroy();
  },
);

it("powers, exponentials and logarithms are accurate far from 1", async () => {
  const count = 4096;
  const [x, y] = [uniform(count, 1).map((v) => Math.exp(80 * v)), uniform(count, 2).map((v) => 3 * v)];
  const [a, b, z] = [x, y, uniform(count, 3).map((v) => 86 * v)].map((data) => engine().tensor(data, [count]));
  const results = [operations.power(a!, b!), operations.exp(z!), operations.log(a!)];
  const [powers, exponentials, logarithms] = await Promise.all(results.map((one) => one.read()));
  const zs = await z!.read();
  for (let at = 0; at < count; at++) {
    expectNumber(powers![at]!, x[at]! ** y[at]!, 16 * u, `${x[at]} ** ${y[at]}`);
    expectNumber(exponentials![at]!, Math.exp(zs[at]!), 4 * u, `exp(${zs[at]})`);
    expectNumber(logarithms![at]!, Math.log(x[at]!), 2 * u, `log(${x[at]})`);
  }
  for (const one of [a!, b!, z!, ...results]) one.destroy();
});

it("clamp keeps NaN, and infinities within its bounds", async () => {
  const x = engine().tensor([Number.NaN, Infinity, -Infinity, 3], [4]);
  const y = operations.clamp(x, { min: 0 });
  expect(await y.read()).toEqual(Float32Array.of(Number.NaN, Infinity, 0, 3));
  for (const one of [x, y]) one.destroy();
});

it.each(["f32", "u32"] as const)("where takes a condition of %s beside halves or floats", async (type: TensorDtype) => {
  const condition = engine().tensor([0, 1, 2 ** 24, 0], [4], { dtype: type });
  const dtype = engine().device.features.has("shader-f16") ? "f16" : "f32";
  const [a, b] = [engine().tensor([1, 2, 3, 4], [4], { dtype }), engine().tensor([-1], [], { dtype })];
  const y = operations.where(condition, a, b);
  expect(y.dtype).toBe(dtype);
  expect([...(await y.read())]).toEqual([-1, 2, 3, -1]);
  for (const one of [condition, a, b, y]) one.destroy();
});
