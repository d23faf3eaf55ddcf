import { expect, it } from "vitest";
import { gamma } from "../../src/base/arithmetic.ts";
import { type Engine, type Tensor, createEngine } from "../../src/index.ts";
import { adam, linear, sgd } from "../../src/ops/index.ts";
import type { NdArray } from "../../src/reference.ts";
import * as reference from "../../src/reference.ts";
import { newDevice } from "../suite/counting.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { type OperationCase, magnitudes, testOperations } from "./suite.ts";

const f32 = { dtype: "f32" } as const;
const positive = (count: number, seed: number) => uniform(count, seed).map(Math.abs);

const SGD = [
  { name: "plain", shape: [3, 5], options: { learningRate: 0.1 } },
  { name: "weight decay", shape: [4, 2, 3, 3], options: { learningRate: 0.05, weightDecay: 0.01 } },
  { name: "momentum of 0", shape: [7], options: { learningRate: 0.1, momentum: 0 } },
];
const MOMENTUM = [
  { name: "momentum", shape: [2, 3, 3], options: { learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 } },
  { name: "Nesterov's momentum", shape: [7, 4], options: { learningRate: 0.1, momentum: 0.9, nesterov: true } },
];
const ADAM = [
  { name: "first step", shape: [3, 5], options: { learningRate: 0.01, step: 1 } },
  { name: "weight decay", shape: [4, 3, 3], options: { learningRate: 0.01, weightDecay: 0.1, step: 3 } },
  {
    name: "decoupled weight decay",
    shape: [2, 2, 3, 3],
    options: { learningRate: 0.01, weightDecay: 0.1, decoupled: true, beta1: 0.8, beta2: 0.9, epsilon: 1e-3, step: 7 },
  },
];

/** The magnitude of the terms of a step. Rates are rounded to float32, and each term takes at most six roundings. */
const ROUNDINGS = gamma(8);

const plain = SGD.map(({ name, shape, options }): OperationCase<"w" | "dw"> => ({
  name: `SGD, ${name}`,
  inputs: { w: { shape }, dw: { shape } },
  run: ({ w, dw }) => {
    sgd(w, dw, options);
    return { w };
  },
  reference: ({ w, dw }) => ({ w: reference.sgd(w, dw, options).w }),
  bound: ({ w, dw }) => ({ w: (at) => ROUNDINGS * (2 * Math.abs(w.data[at]!) + Math.abs(dw.data[at]!)) }),
}));

const momentum = [undefined, "f32" as const].flatMap((state) =>
  MOMENTUM.map(({ name, shape, options }): OperationCase<"w" | "dw" | "velocity"> => {
    const own = state && { dtype: state };
    return {
      name: `SGD, ${name}${state ? ", float32 state" : ""}`,
      inputs: { w: { shape }, dw: { shape, ...own }, velocity: { shape, ...own } },
      run: ({ w, dw, velocity }) => {
        sgd(w, dw, { ...options, velocity });
        return { w, velocity };
      },
      reference: ({ w, dw, velocity }) => {
        const next = reference.sgd(w, dw, { ...options, velocity });
        return { w: next.w, velocity: next.velocity! };
      },
      bound: ({ w, dw, velocity }) => {
        const size = (at: number) =>
          2 * (Math.abs(w.data[at]!) + Math.abs(dw.data[at]!)) + Math.abs(velocity.data[at]!);
        return { w: (at) => ROUNDINGS * size(at), velocity: (at) => ROUNDINGS * size(at) };
      },
    };
  }),
);

const adams = ADAM.map(({ name, shape, options }): OperationCase<"w" | "dw" | "m" | "v"> => ({
  name: `Adam, ${name}`,
  inputs: { w: { shape }, dw: { shape }, m: { shape, ...f32 }, v: { shape, ...f32, values: positive } },
  run: ({ w, dw, m, v }) => {
    adam(w, dw, { ...options, m, v });
    return { w, m, v };
  },
  reference: ({ w, dw, m, v }) => reference.adam(w, dw, { ...options, m, v }),
  // m and v are sums of two products. A root is as accurate as its argument (all terms of v are positive) plus 2.5 ULP of inverseSqrt, a
  // division takes 2.5 ULP: 10 u more for the quotient, whose numerator errs by the magnitude of its terms.
  bound: (arrays) => {
    const sizes = {
      w: magnitudes(arrays.w),
      dw: magnitudes(arrays.dw),
      m: magnitudes(arrays.m),
      v: magnitudes(arrays.v),
    };
    const next = reference.adam(arrays.w, arrays.dw, { ...options, m: arrays.m, v: arrays.v });
    const {
      weightDecay = 0,
      learningRate,
      beta1 = 0.9,
      beta2 = 0.999,
      epsilon = 1e-8,
      step,
    } = options as {
      [key: string]: number | undefined;
    } & typeof options;
    const g = (at: number) => sizes.dw.data[at]! + weightDecay * sizes.w.data[at]!;
    const mean = (at: number) => sizes.m.data[at]! + (1 - beta1) * g(at);
    const square = (at: number) => sizes.v.data[at]! + (1 - beta2) * g(at) ** 2;
    return {
      w: (at) => {
        const root = Math.sqrt(next.v.data[at]! / (1 - beta2 ** step)) + epsilon;
        // Where the terms of the gradient cancel, its square errs by ROUNDINGS of `square`, not of itself, and the root by half of that.
        const spread = square(at) / next.v.data[at]!;
        return (
          ROUNDINGS * 2 * sizes.w.data[at]! +
          (gamma(22) * spread * learningRate * mean(at)) / (1 - beta1 ** step) / root
        );
      },
      m: (at) => ROUNDINGS * mean(at),
      v: (at) => ROUNDINGS * square(at),
    };
  },
}));

testOperations([...plain, ...momentum, ...adams]);

it("takes the rates of each call, and what was prepared of the weights is made anew", async () => {
  const engine = await createEngine({ device: await newDevice(), tuning: "forget" });
  const [x, w0, dw] = [uniform(96 * 64, 1), uniform(64 * 64, 2), uniform(64 * 64, 3)];
  const tensors: Tensor[] = [engine.tensor(x, [96, 64]), engine.tensor(w0, [64, 64]), engine.tensor(dw, [64, 64])];
  const [rows, w, gradient] = tensors as [Tensor, Tensor, Tensor];
  let expected: NdArray = { data: w0, shape: [64, 64] };
  let prepared: number | undefined;
  for (const learningRate of [0.5, 0.25, 0.125]) {
    const y = linear(rows, w);
    // The prepared weights are kept with the weights, once.
    expect(engine.memory.weights).toBeGreaterThan(0);
    prepared ??= engine.memory.weights;
    expect(engine.memory.weights).toBe(prepared);
    linear(rows, w).destroy();
    expect(engine.memory.weights).toBe(prepared);
    const wanted = reference.linear({ data: x, shape: [96, 64] }, expected);
    const got = await y.read();
    got.forEach((value, at) => expect(Math.abs(value - wanted.data[at]!)).toBeLessThan(gamma(64 + 16) * 64 * 2));
    y.destroy();
    sgd(w, gradient, { learningRate });
    expected = reference.sgd(expected, { data: dw, shape: [64, 64] }, { learningRate }).w;
  }
  for (const tensor of tensors) tensor.destroy();
  expect(engine.memory.weights).toBe(0);
  engine.destroy();
  engine.device.destroy();
});

/** Tensors of two shapes, of which one holds a multiple of four elements, and one in half precision where the device has it. */
function lists(engine: Engine, names: readonly string[]): Record<string, Tensor[]> {
  const half = engine.device.features.has("shader-f16") ? "f16" : "f32";
  const shapes = [
    { shape: [4, 3, 2, 2], dtype: "f32" },
    { shape: [7], dtype: half },
    { shape: [5, 8], dtype: half },
  ] as const;
  return Object.fromEntries(
    names.map((name, at) => [
      name,
      shapes.map(({ shape, dtype }, which) => {
        const count = shape.reduce((product, size) => product * size, 1);
        return engine.tensor(positive(count, 10 * at + which), shape, { dtype: name === "w" ? dtype : "f32" });
      }),
    ]),
  );
}

const LISTS = {
  sgd: {
    names: ["w", "dw", "velocity"],
    step: (w: Tensor | Tensor[], dw: Tensor | Tensor[], velocity: Tensor | Tensor[]) =>
      sgd(w, dw, { learningRate: 0.1, momentum: 0.9, velocity }),
  },
  adam: {
    names: ["w", "dw", "m", "v"],
    step: (w: Tensor | Tensor[], dw: Tensor | Tensor[], m: Tensor | Tensor[], v: Tensor | Tensor[]) =>
      adam(w, dw, { learningRate: 0.01, step: 3, m, v }),
  },
} as const;

it.each(["sgd", "adam"] as const)(
  "%s updates the tensors of lists by one submission, as calls for each do",
  async (name) => {
    const engine = await createEngine({ device: await newDevice(["shader-f16"]), tuning: "forget" });
    const { names, step } = LISTS[name] as {
      names: readonly string[];
      step: (...given: (Tensor | Tensor[])[]) => void;
    };
    const [together, alone] = [lists(engine, names), lists(engine, names)];
    const { queue } = engine.device;
    const submit = queue.submit.bind(queue);
    let submissions = 0;
    queue.submit = (buffers) => {
      submissions++;
      return submit(buffers);
    };
    for (let turn = 0; turn < 2; turn++) {
      submissions = 0;
      step(...names.map((one) => together[one]!));
      expect(submissions).toBe(1);
      for (let at = 0; at < together["w"]!.length; at++) step(...names.map((one) => alone[one]![at]!));
    }
    for (const one of names)
      for (let at = 0; at < together[one]!.length; at++)
        expect(await together[one]![at]!.read()).toEqual(await alone[one]![at]!.read());
    engine.destroy();
    engine.device.destroy();
  },
);

it("refuses lists that do not fit, and names the tensor of a list", async () => {
  const engine = await createEngine({ device: await newDevice(), tuning: "forget" });
  const { w, dw } = lists(engine, ["w", "dw"]) as { w: Tensor[]; dw: Tensor[] };
  const options = { learningRate: 0.1 };
  expect(refusal(() => sgd(w, dw.slice(1), options))).toMatchObject({ argument: "dw" });
  expect(refusal(() => sgd(w, dw[0]! as never, options))).toMatchObject({ argument: "dw" });
  expect(refusal(() => sgd(w, dw, { ...options, momentum: 0.9, velocity: dw[0]! as never }))).toMatchObject({
    argument: "velocity",
  });
  expect(refusal(() => sgd(w, [dw[0]!, dw[2]!, dw[1]!], options))).toMatchObject({ argument: "dw[1].shape" });
  expect(refusal(() => sgd(w, [dw[0]!, w[1]!, dw[2]!], options))).toMatchObject({ argument: "dw[1]" });
  expect(() => sgd([], [], options)).not.toThrow();
  engine.destroy();
  engine.device.destroy();
});
