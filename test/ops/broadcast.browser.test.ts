// Operations that broadcast tensors over each other: sums, products and the like, and parametric rectifiers.
import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import * as engineOperations from "../../src/ops/index.ts";
import * as cpu from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { type Arrays, type Input, type OperationCase, magnitudes, testOperations } from "./suite.ts";

/** Objects, whose functions are found by names that are computed. */
const [operations, reference] = [{ ...engineOperations }, { ...cpu }];

/** Unit roundoff of float32. */
const u = 2 ** -24;

/** Sums here take at most three levels of 64 terms, and two more additions for items of four elements; each term is rounded a few times. */
const SUM = gamma(3 * 64 + 3);

/** Shapes of every kind, in items of one and of four, summed in one level and in more. */
const PAIRS: readonly (readonly [a: readonly number[], b: readonly number[]])[] = [
  [
    [2, 3, 4, 6],
    [2, 3, 4, 6],
  ],
  [
    [2, 3, 40, 36],
    [2, 3, 1, 1],
  ],
  [
    [2, 4, 5, 7],
    [1, 4, 1, 1],
  ],
  [
    [2, 3, 5, 7],
    [2, 1, 5, 7],
  ],
  // The other way round, and both ways at once.
  [
    [1, 1, 1],
    [3, 5, 7],
  ],
  [
    [2, 3, 1, 1],
    [1, 1, 5, 8],
  ],
  [
    [3, 1, 4, 1],
    [1, 2, 1, 4],
  ],
  // Invocations of two items, which share the one number that b has for them.
  [
    [2, 3, 10, 593],
    [2, 3, 1, 1],
  ],
  [
    [2, 3, 10, 593],
    [10, 593],
  ],
  // Missing axes.
  [[], [2, 3, 4, 4]],
  [[2, 3, 9], [9]],
  [[8], [3, 8]],
  [[], []],
  [
    [2, 3, 2, 2, 2, 3, 2, 3],
    [1, 3, 1, 2, 1, 3, 1, 3],
  ],
  [
    [2, 1, 2, 1, 2, 1, 2, 1],
    [1, 2, 1, 2, 1, 2, 1, 3],
  ],
  [
    [0, 3, 4],
    [1, 3, 4],
  ],
];

/** Values from `least` up to `least` + 2. */
const from =
  (least: number) =>
  (count: number, seed: number): Float32Array =>
    uniform(count, seed).map((v) => v + least + 1);
/** Quarters, of which many are equal. */
const quarters = (count: number, seed: number): Float32Array => uniform(count, seed).map((v) => Math.round(4 * v) / 4);

interface Family {
  readonly operation: "multiply" | "divide" | "minimum" | "maximum" | "power";
  /** The values of dy, a and b. */
  readonly values?: readonly [dy: Input["values"], a: Input["values"], b: Input["values"]];
  /** The relative error of a result, and of a term of a gradient. */
  readonly error: number;
  readonly termError: number;
}

const FAMILIES: readonly Family[] = [
  { operation: "multiply", error: u, termError: u },
  // A division errs by 2.5 ULP, which are 5 u; the gradient by b has two and a product.
  { operation: "divide", values: [uniform, uniform, from(0.5)], error: 5 * u, termError: 11 * u },
  { operation: "minimum", values: [uniform, quarters, quarters], error: 0, termError: 0 },
  { operation: "maximum", values: [uniform, quarters, quarters], error: 0, termError: 0 },
  // A power errs by 8 ULP, which are 16 u. For its gradients the exponent less 1 is rounded, which makes 2 u of a base up to 3, and there are
  // two products and a logarithm. All terms are positive.
  { operation: "power", values: [from(0), from(1), from(0.5)], error: 16 * u, termError: 24 * u },
];

const families = PAIRS.flatMap(([a, b], at) =>
  // All operations share their steps: products have all shapes, the others some.
  FAMILIES.filter((_, one) => one === 0 || at % 4 === one - 1).flatMap((family): OperationCase<never>[] => {
    const { operation, values = [], error, termError } = family;
    const name = `${operation} of [${a.join(", ")}] and [${b.join(", ")}]`;
    const shape = elementCount(a) && reference.add(ones(a), ones(b)).shape;
    const layoutFree = a.length !== b.length || a.length > 5;
    const pair: Record<"a" | "b", Input> = {
      a: { shape: a, layoutFree, ...(values[1] && { values: values[1] }) },
      b: { shape: b, layoutFree, ...(values[2] && { values: values[2] }) },
    };
    const forward: OperationCase<"a" | "b"> = {
      name,
      inputs: pair,
      run: ({ a: one, b: other }) => ({ y: operations[operation](one, other) }),
      reference: ({ a: one, b: other }) => ({ y: reference[operation](one, other) }),
      bound: () => ({ y: (_, expected) => error * 1.01 * Math.abs(expected) }),
    };
    const dy: Input = { shape: shape || [0, 3, 4], layoutFree, ...(values[0] && { values: values[0] }) };
    const backward: OperationCase<"dy" | "a" | "b"> = {
      name: `gradients of ${name}`,
      inputs: { dy, ...pair },
      run: (given) => ({ ...operations[`${operation}Backward`](given.dy, given.a, given.b) }),
      reference: (given) => ({ ...reference[`${operation}Backward`](given.dy, given.a, given.b) }),
      bound: (given) => {
        // The sums of the terms' sizes: those of products and quotients are the terms of sizes; shares of dy are never negative.
        const sizes: Arrays = {
          dy: magnitudes(given.dy),
          a: operation === "multiply" ? magnitudes(given.a) : given.a,
          b: operation === "multiply" ? magnitudes(given.b) : given.b,
          ...(operation === "divide" && { a: magnitudes(given.a) }),
        };
        const { da, db } = reference[`${operation}Backward`](sizes["dy"]!, sizes["a"]!, sizes["b"]!);
        const of = (sums: { data: Float64Array }) => (place: number) =>
          1.01 * (SUM + termError) * Math.abs(sums.data[place]!);
        return { da: of(da), db: of(db) };
      },
    };
    return [forward, backward];
  }),
);

function ones(shape: readonly number[]) {
  return { shape, data: new Float64Array(elementCount(shape)) };
}

const sums = PAIRS.flatMap(([aShape, bShape], at): OperationCase<never>[] => {
  const [operation, other] = at % 2 ? (["add", "addBackward"] as const) : (["sub", "subBackward"] as const);
  const options = { scale: 0.5, ...(at % 3 === 1 && { activation: "leaky-relu" as const }) };
  const name = `${operation} of [${aShape.join(", ")}] and [${bShape.join(", ")}]`;
  const layoutFree = aShape.length !== bShape.length || aShape.length > 5;
  const forward: OperationCase<"a" | "b"> = {
    name,
    inputs: { a: { shape: aShape, layoutFree }, b: { shape: bShape, layoutFree } },
    run: ({ a, b }) => ({ y: operations[operation](a, b, options) }),
    reference: ({ a, b }) => ({ y: reference[operation](a, b, options) }),
    // scale b is exact, the sum of at most 1.5 is rounded, and so is its product with the slope.
    bound: () => ({ y: (_, expected) => 2 * u * (1.5 + Math.abs(expected)) }),
  };
  const shape = reference.add(ones(aShape), ones(bShape)).shape;
  const sources = <T>(dy: T): { preActivation?: T } => (options.activation ? { preActivation: dy } : {});
  const backward: OperationCase<"dy"> = {
    name: `gradients of ${name}`,
    inputs: { dy: { shape, layoutFree } },
    // In the layout of dy: its shape where it is transposed.
    run: ({ dy }, layout) => ({
      ...operations[other](dy, { ...shapesIn(layout), ...options, ...sources(dy) }),
    }),
    reference: ({ dy }, layout) => ({ ...reference[other](dy, { ...shapesIn(layout), ...options, ...sources(dy) }) }),
    bound: ({ dy }, layout) => {
      const { da, db } = reference.addBackward(magnitudes(dy), { ...shapesIn(layout), scale: 0.5 });
      return { da: (place) => SUM * da.data[place]!, db: (place) => SUM * db.data[place]! };
    },
  };
  const shapesIn = (layout: string) => {
    const moved = (one: readonly number[]): readonly number[] =>
      layout === "channels-last" && !layoutFree && one.length > 2 ? [one[0]!, ...one.slice(2), one[1]!] : one;
    return { aShape: moved(aShape), bShape: moved(bShape) };
  };
  return [forward, backward];
});

const SLOPES: readonly { shape: readonly number[]; slope: readonly number[]; layoutFree?: true }[] = [
  { shape: [2, 3, 4, 5], slope: [3] },
  { shape: [2, 4, 41, 33], slope: [4] },
  { shape: [3, 5, 7], slope: [1] },
  { shape: [33, 8], slope: [8] },
  { shape: [2, 3, 2, 3, 4], slope: [1] },
  // Slopes that are not a vector along the channels.
  { shape: [2, 3, 4, 8], slope: [1, 1, 4, 8] },
  { shape: [2, 3, 4, 8], slope: [3, 1, 1], layoutFree: true },
  { shape: [2, 3, 4, 8], slope: [], layoutFree: true },
  { shape: [2, 3, 9], slope: [2, 3, 9] },
  { shape: [9], slope: [9] },
];

const rectifiers = SLOPES.flatMap(({ shape, slope: slopes, layoutFree = false }): OperationCase<never>[] => {
  const name = `[${shape.join(", ")}] rectified with slopes [${slopes.join(", ")}]`;
  const given: Record<"x" | "slope", Input> = { x: { shape, layoutFree }, slope: { shape: slopes, layoutFree } };
  const forward: OperationCase<"x" | "slope"> = {
    name,
    inputs: given,
    run: ({ x, slope }) => ({ y: operations.prelu(x, slope) }),
    reference: ({ x, slope }, layout) => ({ y: reference.prelu(x, slope, { layout }) }),
    bound: () => ({ y: (_, expected) => gamma(1) * Math.abs(expected) }),
  };
  const backward: OperationCase<"dy" | "x" | "slope"> = {
    name: `gradients of ${name}`,
    inputs: { dy: { shape, layoutFree }, ...given },
    run: ({ dy, x, slope }) => ({ ...operations.preluBackward(dy, x, slope) }),
    reference: ({ dy, x, slope }, layout) => ({ ...reference.preluBackward(dy, x, slope, { layout }) }),
    bound: ({ dy, x, slope }, layout) => {
      // A slope has terms where x <= 0.
      const below = { shape: x.shape, data: Float64Array.from(x.data, (v) => Math.min(v, 0)) };
      const { dslope } = reference.preluBackward(magnitudes(dy), below, slope, { layout });
      return { dx: (_, expected) => gamma(1) * Math.abs(expected), dslope: (at) => SUM * Math.abs(dslope.data[at]!) };
    },
  };
  return [forward, backward];
});

testOperations([...families, ...sums, ...rectifiers]);
