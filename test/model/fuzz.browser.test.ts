// Random networks on a GPU: passes, memory, concatenation in place and tasks together, against the interpreter. Whole numbers, which every
// operator here computes exactly, so results are equal.
import { afterAll, beforeAll, expect, it } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import { constrained } from "../../src/model/constrained.ts";
import { GraphBuilder } from "../../src/model/graph-builder.ts";
import type { Graph, Node, Value } from "../../src/model/graph.ts";
import { Model } from "../../src/model/model.ts";
import { operators } from "../../src/model/operators.ts";
import { integers, interpret } from "./interpret.ts";
import { input } from "./networks.ts";
import { type Watched, destroyAll, valuesOf, watchedEngine } from "./watched.ts";

const NETWORKS = 8;
const NODES = 9;

let watched: Watched;
beforeAll(async () => {
  watched = await watchedEngine();
});
afterAll(() => watched.close());

/** Numbers of a seed. */
class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = Math.imul(seed, 0x9e3779b1) | 1;
  }

  /** A whole number from 0 to below. */
  below(count: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % count;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

/** Makes a network of maps [1, channels, rows, columns]. */
class Network {
  readonly #random: Random;
  readonly #builder = new GraphBuilder(operators);
  readonly #values: Value[];
  #names = 0;

  constructor(seed: number, x: Value) {
    this.#random = new Random(seed);
    this.#values = [this.#builder.input(x)];
  }

  build(nodes: number): Graph {
    while (this.#names < nodes) {
      const x = this.#random.of(this.#values.slice(-4));
      const made = this.#random.of(STEPS)(this, this.#random, x);
      if (made) this.#values.push(made);
    }
    const [last, other] = [this.#values.at(-1)!, this.#random.of(this.#values)];
    this.#builder.output("last", last);
    this.#builder.output("other", other);
    return this.#builder.build();
  }

  call(operator: string, inputs: Node["inputs"], options: Node["options"] = {}): Value {
    return this.#builder.node(`${operator}${this.#names++}`, operator, inputs, options)[0]!;
  }

  /** Numbers from -1 to 1. */
  weights(...shape: number[]): Value {
    const data = integers(elementCount(shape), this.#names + 1).map(
      (one) => Math.sign(one) * (Math.abs(one) > 2 ? 1 : 0),
    );
    return this.#builder.constant("weights", { shape, data });
  }

  /** Another value of the same shape, or x. */
  like(x: Value): Value {
    return this.#random.of(this.#values.filter(({ shape }) => shape.join() === x.shape.join()));
  }
}

type Step = (network: Network, random: Random, x: Value) => Value | undefined;

const channels = ({ shape }: Value): number => shape[1]!;
const rows = ({ shape }: Value): number => Math.min(shape[2]!, shape[3]!);

const convolution: Step = (network, random, x) => {
  const [size, depthwise] = [random.of([1, 3]), random.of([false, false, true])];
  const results = depthwise ? channels(x) : random.of([4, 8]);
  const w = network.weights(results, depthwise ? 1 : channels(x), size, size);
  const bias = random.of([undefined, network.weights(results)]);
  const stride = rows(x) >= 4 ? random.of([1, 1, 2]) : 1;
  const sums = network.call(
    "conv",
    { x, w, ...(bias && { bias }) },
    { padding: size === 3 ? 1 : 0, stride, ...(depthwise && { groups: results }) },
  );
  // Bounded, so that sums stay exact.
  return network.call("clamp", { x: sums }, { min: random.of([-9, 0]), max: random.of([6, 9]) });
};

/** Maps that nothing else reads, and so can be made where they are joined. */
const joined: Step = (network, random, x) => {
  if (channels(x) > 8) return undefined;
  const made = ["negate", "abs", "negate"].map((name) => network.call(name, { x: network.like(x) }));
  return network.call("concatenate", Object.fromEntries(made.slice(random.below(2)).entries()), { axis: 1 });
};

const STEPS: readonly Step[] = [
  convolution,
  joined,
  joined,
  convolution,
  (network, random, x) => network.call("activate", { x }, { activation: random.of(["relu", "relu6"]) }),
  (network, random, x) => network.call(random.of(["add", "sub", "maximum", "minimum"]), { a: x, b: network.like(x) }),
  (network, _, x) => network.call("multiply", { a: x, b: network.weights(channels(x), 1, 1) }),
  (network, _, x) => network.call("add", { a: x, b: network.weights(channels(x), 1, 1) }),
  (network, random, x) => {
    if (channels(x) > 16) return undefined;
    const tensors = [x, network.like(x), network.call("negate", { x })].slice(random.below(2));
    return network.call("concatenate", Object.fromEntries(tensors.entries()), { axis: 1 });
  },
  (network, random, x) => {
    if (rows(x) > 12) return undefined;
    const options = { axis: random.of([1, 2, 3]) };
    return channels(x) > 16 ? undefined : network.call("concatenate", { 0: x, 1: network.like(x) }, options);
  },
  (network, _, x) => (rows(x) < 4 ? undefined : network.call("maxPool", { x }, { kernelSize: 2 })),
  (network, _, x) => (rows(x) > 8 ? undefined : network.call("upsample", { x }, { scale: 2 })),
  (network, random, x) => {
    const paddingMode = random.of(["zeros", "reflect", "replicate"]);
    const padded = network.call(
      "pad",
      { x },
      {
        padding: [
          [0, 0],
          [0, 0],
          [1, 1],
          [1, 1],
        ],
        paddingMode,
      },
    );
    return rows(x) < 3 ? undefined : network.call("maxPool", { x: padded }, { kernelSize: 3 });
  },
  (network, random, x) => {
    const start = random.below(channels(x) - 1);
    return network.call("slice", { x }, { axes: [1], starts: [start], ends: [start + 2] });
  },
  (network, _, x) => {
    const last = network.call("transpose", { x }, { permutation: [0, 2, 3, 1] });
    const sums = network.call("add", { a: last, b: network.weights(channels(x)) });
    return network.call("transpose", { x: sums }, { permutation: [0, 3, 1, 2] });
  },
  (network, _, x) => {
    const most = network.call("reduceMax", { x }, { axes: [2, 3], keepDimensions: true });
    return network.call("minimum", { a: x, b: most });
  },
  (network, _, x) =>
    network.call("where", {
      condition: network.call("greater", { a: x, b: network.like(x) }),
      a: x,
      b: network.call("abs", { x }),
    }),
];

it.each(Array.from({ length: NETWORKS }, (_, at) => at + 1))("network %i", async (seed) => {
  const shape = [1, 4, 8, 8];
  const x = input(shape);
  const graph = (): Graph => new Network(seed, { ...x, shape }).build(NODES);
  const data = integers(elementCount(shape), seed);
  const expected = interpret(graph(), { x: { data, shape } });
  const before = watched.held();
  const model = new Model(watched.engine, constrained({ inputs: [x], outputs: [], graph }, { algorithm: "direct" }));
  const results = await model.run({ x: data });
  const values = await valuesOf(results);
  destroyAll(results);
  model.destroy();
  expect(watched.held()).toEqual(before);
  const plain = (numbers: ArrayLike<number>): number[] => Array.from(numbers, (one) => one + 0);
  for (const [name, array] of Object.entries(expected)) {
    expect(results[name]!.shape).toEqual(array.shape);
    expect(plain(values[name]!), name).toEqual(plain(array.data));
  }
});
