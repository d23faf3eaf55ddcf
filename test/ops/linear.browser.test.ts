import { expect, test } from "vitest";
import { gamma } from "../../src/base/arithmetic.ts";
import { type ActivationOption, createEngine } from "../../src/index.ts";
import { flatten, flattenBackward, linear, linearBackward } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { newDevice } from "../suite/counting.ts";
import { integers } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { type OperationCase, channelsLast, magnitudes, testOperations } from "./suite.ts";

const exact = () => 0;

const flattened = [
  [2, 3, 5],
  [2, 5, 3, 4],
  [1, 4, 2, 3, 2],
  [2, 37, 11],
  [3, 6, 1, 1],
].flatMap((shape): OperationCase<never>[] => {
  const columns = shape.slice(1).reduce((product, size) => product * size);
  const inShape = (layout: string): readonly number[] =>
    layout === "channels-last" ? channelsLast({ shape, data: new Float64Array(columns * shape[0]!) }).shape : shape;
  const forward: OperationCase<"x"> = {
    name: `flatten [${shape.join(", ")}]`,
    inputs: { x: { shape } },
    run: ({ x }) => ({ y: flatten(x) }),
    reference: ({ x }, layout) => ({ y: reference.flatten(x, { layout }) }),
    bound: () => ({ y: exact }),
  };
  const backward: OperationCase<"dy"> = {
    name: `gradient of flatten [${shape.join(", ")}]`,
    inputs: { dy: { shape: [shape[0]!, columns] } },
    run: ({ dy }, layout) => ({ dx: flattenBackward(dy, { inputShape: inShape(layout) }) }),
    reference: ({ dy }, layout) => ({ dx: reference.flattenBackward(dy, { layout, inputShape: inShape(layout) }) }),
    bound: () => ({ dx: exact }),
  };
  return [forward, backward];
});

interface Layer {
  readonly size: readonly [N: number, inner: number, outer: number];
  readonly bias?: boolean;
  readonly activation?: ActivationOption;
}

const LAYERS: readonly Layer[] = [
  { size: [3, 17, 5], bias: true },
  { size: [1, 64, 10], activation: "relu" },
  { size: [4, 33, 16], bias: true, activation: "relu" },
];

const small = (count: number, seed: number) => integers(count, seed, 4);

const layers = LAYERS.flatMap(({ size: [N, inner, outer], bias, activation }): OperationCase<never>[] => {
  const name = `${N} rows of ${inner} to ${outer}${bias ? ", bias" : ""}${activation ? ", relu" : ""}`;
  const options = activation === undefined ? {} : { activation };
  const tensors = { x: { shape: [N, inner] }, w: { shape: [outer, inner] }, b: { shape: [outer] } };
  const whole = Object.fromEntries(
    Object.entries(tensors).map(([key, one]) => [key, { ...one, values: small }]),
  ) as unknown as typeof tensors;
  const forward = (inputs: typeof tensors, kind: string, terms: number): OperationCase<"x" | "w" | "b"> => ({
    name: `${kind}, ${name}`,
    inputs,
    run: ({ x, w, b }) => ({ y: linear(x, w, { ...options, ...(bias && { bias: b }) }) }),
    reference: ({ x, w, b }) => ({ y: reference.linear(x, w, { ...options, ...(bias && { bias: b }) }) }),
    // Sums of products and the bias in any order; relu does not round.
    bound: ({ x, w, b }) => {
      const sizes = reference.linear(magnitudes(x), magnitudes(w), bias ? { bias: magnitudes(b) } : {}).data;
      return { y: (at) => gamma(terms) * sizes[at]! };
    },
  });
  const backward: OperationCase<"dy" | "x" | "w" | "s"> = {
    name: `gradients, ${name}`,
    inputs: { dy: { shape: [N, outer] }, x: tensors.x, w: tensors.w, s: { shape: [N, outer] } },
    run: ({ dy, x, w, s }) => {
      const { dx, dw, db } = linearBackward(dy, x, w, activation ? { activation, preActivation: s } : {});
      return { dx, dw, db };
    },
    reference: ({ dy, x, w, s }) =>
      reference.linearBackward(dy, x, w, activation ? { activation, preActivation: s } : {}),
    bound: ({ dy, x, w }) => {
      const { dx, dw, db } = reference.linearBackward(magnitudes(dy), magnitudes(x), magnitudes(w));
      return {
        dx: (at) => gamma(outer + 1) * dx.data[at]!,
        dw: (at) => gamma(N + 1) * dw.data[at]!,
        db: (at) => gamma(N + 1) * db.data[at]!,
      };
    },
  };
  return [forward(whole, "integers", 0), forward(tensors, "numbers", inner + 2), backward];
});

const saturated: OperationCase<"dy" | "x" | "w" | "o"> = {
  name: "gradients through tanh by its output",
  inputs: { dy: { shape: [2, 3] }, x: { shape: [2, 5] }, w: { shape: [3, 5] }, o: { shape: [2, 3] } },
  run: ({ dy, x, w, o }) => ({ ...linearBackward(dy, x, w, { activation: "tanh", output: o }) }),
  reference: ({ dy, x, w, o }) => reference.linearBackward(dy, x, w, { activation: "tanh", output: o }),
  // 1 - o^2 takes two roundings of a number of at most 1.
  bound: ({ dy, x, w }) => {
    const { dx, dw, db } = reference.linearBackward(magnitudes(dy), magnitudes(x), magnitudes(w));
    return {
      dx: (at) => gamma(3 + 4) * dx.data[at]!,
      dw: (at) => gamma(2 + 4) * dw.data[at]!,
      db: (at) => gamma(2 + 4) * db.data[at]!,
    };
  },
};

testOperations([...flattened, ...layers, saturated]);

test("is planned within the constraints of convolutions", async () => {
  const engine = await createEngine({ device: await newDevice(), tuning: "forget" });
  const [x, w] = [engine.tensor([1, 2, 3, 4], [2, 2]), engine.tensor([1, 0, 0, 1, 1, 1], [3, 2])];
  const expected = [1, 2, 3, 3, 4, 7];
  for (const algorithm of ["direct", "im2col"])
    expect([...(await linear(x, w, { algorithm }).read())]).toEqual(expected);
  expect(refusal(() => linear(x, w, { algorithm: "fastest" })).argument).toBe("algorithm");
  engine.destroy();
});
