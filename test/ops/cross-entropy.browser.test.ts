import { expect, it } from "vitest";
import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import { createEngine } from "../../src/index.ts";
import type { CrossEntropyOptions } from "../../src/ops/cross-entropy/geometry.ts";
import * as operations from "../../src/ops/index.ts";
import { crossEntropy, crossEntropyBackward } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { generator, uniform } from "../suite/random.ts";
import { type Arrays, type Input, type OperationCase, testOperations } from "./suite.ts";

/** Unit roundoff of float32. */
const u = 2 ** -24;
/** The largest difference of two logits, and the largest weight. */
const RANGE = 10;
const MOST = 1.5;

const logits = (count: number, seed: number): Float32Array => uniform(count, seed).map((v) => 5 * v);
const probabilities = (count: number, seed: number): Float32Array => uniform(count, seed).map((v) => (v + 1) / 2);
const weights = (count: number, seed: number): Float32Array => uniform(count, seed).map((v) => 1 + v / 2);

/** Class indices, one in eight of them ignored. */
const classes = (C: number, ignored: number) => (count: number, seed: number) => {
  const next = generator(seed);
  return Float32Array.from({ length: count }, () => (next() % 8 === 0 ? ignored : next() % C));
};

type Options = Omit<CrossEntropyOptions<never>, "weight">;

/** The functions by name. */
const calls = { ...operations };
const expected = { ...reference };

/** The names of the calls: of logits, and of logarithms of probabilities. */
const CALLS = {
  logits: ["crossEntropy", "crossEntropyBackward"],
  logarithms: ["negativeLogLikelihood", "negativeLogLikelihoodBackward"],
} as const;

/** Lines taken by one invocation and by sixteen, one and four at a time, and losses that are summed in two levels. */
const CASES: readonly {
  shape: readonly number[];
  options: Options;
  weighted?: true;
  dense?: true;
  of?: keyof typeof CALLS;
}[] = [
  { shape: [4, 6], options: {} },
  { shape: [5, 260], options: { labelSmoothing: 0.1, reduction: "sum" } },
  { shape: [3, 259], options: { reduction: "none" } },
  { shape: [3, 260], options: { labelSmoothing: 0.1 }, weighted: true },
  { shape: [5, 67], options: {} },
  { shape: [2, 5, 3, 4], options: { ignoreIndex: 2 }, weighted: true },
  { shape: [2, 5, 3, 7], options: { labelSmoothing: 0.2 }, weighted: true, dense: true },
  { shape: [2, 3, 5, 4], options: { labelSmoothing: 0.3, reduction: "none" }, weighted: true },
  { shape: [3, 5, 7], options: { reduction: "none" }, dense: true },
  { shape: [1, 3, 2, 3, 4], options: { reduction: "sum" }, weighted: true },
  { shape: [2, 3, 25, 32], options: {} },
  { shape: [4, 6], options: {}, weighted: true, of: "logarithms" },
  { shape: [2, 5, 3, 4], options: { ignoreIndex: 2, reduction: "none" }, of: "logarithms" },
  { shape: [5, 260], options: { reduction: "sum" }, of: "logarithms" },
];

type Name = "logits" | "target" | "weight" | "dy";

const cases = CASES.flatMap(({ shape, options, weighted, dense, of = "logits" }): OperationCase<never>[] => {
  const [forwardName, backwardName] = CALLS[of];
  const [C, reduction] = [shape[1]!, options.reduction ?? "mean"];
  const losses = shape.filter((_, at) => at !== 1);
  const name = [
    `of [${shape.join(", ")}]`,
    ...[dense ? "probabilities" : "classes", reduction],
    ...[...(weighted ? ["weighted"] : []), ...(options.labelSmoothing ? ["smoothed"] : [])],
  ].join(", ");
  const target: Input = dense
    ? { shape, values: probabilities }
    : { shape: losses, values: classes(C, options.ignoreIndex ?? -100), dtype: "f32", layoutFree: true };
  const inputs = {
    logits: { shape, values: logits },
    target,
    ...(weighted && { weight: { shape: [C], values: weights } }),
  };
  const dy: Input = { shape: reduction === "none" ? losses : [1], dtype: "f32", layoutFree: true };
  const withWeight = <T>(weight: T | undefined) => ({
    ...options,
    ...(weighted && weight !== undefined && { weight }),
  });

  // The largest sum of the weights of the classes of a line.
  const all = (dense ? C : 1) * MOST;
  // The sum of exponentials as in softmax.browser.test.ts, and its logarithm to 2^-21 or 3 ULP.
  const logarithm = (8 * C + 8 + 5 * RANGE) * u + 2 ** -21 + 6 * u * Math.log(C);
  const one = (loss: number): number =>
    // Differences of log(sum) and logits, and a sum of C products of non-negative numbers.
    all * (logarithm + 2 * u * (RANGE + Math.log(C))) + gamma(C + 8) * loss;
  /** The divisor of the losses. */
  const divisor = ({ target: given, weight }: Arrays<Name>): number => {
    if (reduction !== "mean") return 1;
    if (dense) return losses.reduce((a, b) => a * b);
    const at = Array.from(given.data).filter((c) => c !== (options.ignoreIndex ?? -100));
    return at.reduce((sum, c) => sum + (weight?.data[c] ?? 1), 0);
  };
  // 16 numbers of an invocation and the sums of 16 invocations: at most 32 additions in a row, on each of two levels.
  const summed = gamma(64);

  const forward: OperationCase<Name> = {
    name: `${forwardName} ${name}`,
    inputs: inputs as never,
    run: (tensors) => ({ y: calls[forwardName](tensors.logits, tensors.target, withWeight(tensors.weight)) }),
    reference: (arrays, layout) => ({
      y: expected[forwardName](arrays.logits, arrays.target, { ...withWeight(arrays.weight), layout }),
    }),
    bound: (arrays, layout) => {
      const each = expected[forwardName](arrays.logits, arrays.target, {
        ...withWeight(arrays.weight),
        layout,
        reduction: "none",
      }).data;
      const total = each.reduce((sum, loss) => sum + one(loss), 0) / divisor(arrays);
      // A sum; for the mean another one, of the weights, and a division.
      return { y: (at, wanted) => (reduction === "none" ? one(each[at]!) : total + (2 * summed + 5 * u) * wanted) };
    },
  };
  const backward: OperationCase<Name> = {
    name: `${backwardName} ${name}`,
    inputs: { ...inputs, dy } as never,
    run: (tensors) => ({
      dx: calls[backwardName](tensors.logits, tensors.target, {
        ...withWeight(tensors.weight),
        dy: tensors.dy,
      }),
    }),
    reference: (arrays, layout) => ({
      dx: expected[backwardName](arrays.logits, arrays.target, {
        ...withWeight(arrays.weight),
        layout,
        dy: arrays.dy,
      }),
    }),
    bound: (arrays) => {
      const gradient = Math.max(...Array.from(arrays.dy.data, Math.abs)) / divisor(arrays);
      // A softmax as in softmax.browser.test.ts times a sum of C terms, minus one of them; times dy over the sum of the weights.
      const error = (8 * C + 20 + 10 * RANGE) * u + gamma(C + 15) + summed;
      return { dx: () => gradient * 2 * all * error };
    },
  };
  return [forward, backward];
});

testOperations(cases);

it("gives NaN where the target is no class, and uses 1 for dy", async () => {
  const engine = await createEngine({ tuning: "forget" });
  const x = engine.tensor([1, 2, 3, 4, 5, 6, 1, 1], [4, 2]);
  const target = engine.tensor([2, 0.5, -1, 1], [4]);
  const y = crossEntropy(x, target, { reduction: "none" });
  const dx = crossEntropyBackward(x, target, { reduction: "sum" });
  const read = Array.from(await y.read());
  expect(read.slice(0, 3).every(Number.isNaN)).toBe(true);
  expect(read[3]).toBeCloseTo(Math.LN2, 5);
  expect(Array.from(await dx.read()).slice(6)).toEqual([0.5, -0.5]);
  for (const tensor of [x, target, y, dx]) tensor.destroy();
  engine.destroy();
});

it("takes classes of either type", async () => {
  const engine = await createEngine({ tuning: "forget" });
  for (const [shape, of] of [
    [[3, 5], [3]],
    [
      [1, 5, 2, 2],
      [1, 2, 2],
    ],
  ] as const) {
    const x = engine.tensor(uniform(elementCount(shape), 1), shape);
    const data = Array.from({ length: elementCount(of) }, (_, at) => (at * 3) % 5);
    const losses = (["f32", "u32"] as const).map((dtype) => crossEntropy(x, engine.tensor(data, of, { dtype })).read());
    const [floats, indices] = await Promise.all(losses);
    expect(indices).toEqual(floats);
  }
  engine.destroy();
});

/** Classes along an axis of their own, in items of four losses; and rows. */
it.each([
  [12, 6],
  [12, 260],
  [3, 260],
  [3, 6, 2, 2],
])("is NaN for logits with NaN or +Infinity, or of -Infinity alone (%s)", async (...shape) => {
  const engine = await createEngine({ tuning: "forget" });
  const [never, most] = [-Infinity, Infinity];
  const rows = [
    [most, 1],
    [Number.NaN, 1],
    [never, never],
    [never, 1],
    [1, never],
    [1, 2],
  ];
  const [N, C] = shape as [number, number];
  const cells = elementCount(shape.slice(2));
  const row = (n: number, cell: number): number[] => rows[(n * cells + cell) % rows.length]!;
  const data = Array.from({ length: elementCount(shape) }, (_, at) => {
    const [n, c, cell] = [Math.floor(at / cells / C), Math.floor(at / cells) % C, at % cells];
    const [first, others] = row(n, cell) as [number, number];
    return c === 0 ? first : c === C - 1 ? others : never;
  });
  const ofClass = Array.from({ length: N * cells }, () => C - 1);
  const ofEach = Array.from(data, (_, at) => (Math.floor(at / cells) % C === C - 1 ? 1 : 0));
  const x = engine.tensor(data, shape);
  const wanted = (target: number[], of: readonly number[]) =>
    reference.crossEntropy({ data, shape }, { data: target, shape: of }, { reduction: "none" }).data;
  for (const [target, of] of [
    [ofClass, shape.toSpliced(1, 1)],
    [ofEach, shape],
  ] as const) {
    const given = engine.tensor(target, of);
    const losses = await crossEntropy(x, given, { reduction: "none" }).read();
    wanted(target, of).forEach((loss, at) => {
      const got = losses[at]!;
      const same = Number.isNaN(loss) ? Number.isNaN(got) : got === loss || Math.abs(got - loss) < 1e-5;
      expect(same, `loss ${at}: ${got}, not ${loss}`).toBe(true);
    });
    const dx = await crossEntropyBackward(x, given, { reduction: "none" }).read();
    const spoilt = (at: number): boolean => {
      const [first, others] = row(Math.floor(at / cells / C), at % cells) as [number, number];
      return first === most || Number.isNaN(first) || (first === never && others === never);
    };
    data.forEach((_, at) => expect(Number.isNaN(dx[at]), `gradient ${at}: ${dx[at]}`).toBe(spoilt(at)));
  }
  engine.destroy();
});
