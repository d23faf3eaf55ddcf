// Small networks for the tests of models, as sources, and the same as eager calls.
import { type Engine, Tensor, conv } from "../../src/index.ts";
import { GraphBuilder } from "../../src/model/graph-builder.ts";
import type { ModelSource, ModelTensor, Value } from "../../src/model/graph.ts";
import { operators } from "../../src/model/operators.ts";
import { add, concatenate, globalAveragePool, maxPool, reshape, softmax, upsample } from "../../src/ops/index.ts";

/** Numbers that tests can compute again: small integers. */
export function integers(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, at) => ((at * 7 + seed * 13) % 11) - 5);
}

export const input = (shape: ModelTensor["shape"], name = "x"): ModelTensor => ({
  ...{ name, shape, layout: "channels-first", dtype: "f32" },
});

/** A source of graphs that `build` makes from a builder and its inputs. */
export function sourceOf(
  inputs: readonly ModelTensor[],
  build: (builder: GraphBuilder, ...inputs: Value[]) => void,
): ModelSource {
  const outputs: ModelTensor[] = [];
  const graph = (shapes: Readonly<Record<string, readonly number[]>>) => {
    const builder = new GraphBuilder(operators);
    build(builder, ...inputs.map((one) => builder.input({ ...one, shape: shapes[one.name]! })));
    return builder.build();
  };
  return { inputs, outputs, graph };
}

const W1 = integers(8 * 3 * 9, 1);
const B1 = integers(8, 2);
const W2 = integers(8 * 8 * 9, 3);
const W3 = integers(4 * 16, 4);

/** The sums of integers that this algorithm computes are exact: models choose by other measures than calls do. */
const EXACT = { algorithm: "direct" };

/** A small U: two convolutions, a residual sum, a pool and its inverse, a concatenation, a product, and two outputs. */
export function smallNet(): ModelSource {
  return sourceOf([input([1, 3, "height", "width"])], (builder, x) => {
    const w1 = builder.constant("w1", { shape: [8, 3, 3, 3], data: W1 });
    const b1 = builder.constant("b1", { shape: [8], data: B1 });
    const w2 = builder.constant("w2", { shape: [8, 8, 3, 3], data: W2 });
    const w3 = builder.constant("w3", { shape: [4, 16, 1, 1], data: W3 });
    const [a] = builder.node("first", "conv", { x, w: w1, bias: b1 }, { ...EXACT, padding: 1, activation: "relu" });
    const [b] = builder.node("second", "conv", { x: a!, w: w2 }, { ...EXACT, padding: 1 });
    const [sum] = builder.node("sum", "add", { a: a!, b: b! });
    const [pooled] = builder.node("pool", "maxPool", { x: sum! }, { kernelSize: 2 });
    const [up] = builder.node("up", "upsample", { x: pooled! }, { scale: 2 });
    const [both] = builder.node("both", "concatenate", { 0: up!, 1: a! });
    const [y] = builder.node("third", "conv", { x: both!, w: w3 }, EXACT);
    const [mean] = builder.node("mean", "globalAveragePool", { x: y! });
    const [row] = builder.node("row", "reshape", { x: mean! }, { shape: [1, 4] });
    const [classes] = builder.node("classes", "softmax", { x: row! }, { axis: 1 });
    builder.output("y", y!);
    builder.output("classes", classes!);
  });
}

/** The same by eager calls. */
export function eagerSmallNet(engine: Engine, x: Tensor): { y: Tensor; classes: Tensor } {
  const a = conv(x, engine.tensor(W1, [8, 3, 3, 3]), {
    ...{ ...EXACT, padding: 1, activation: "relu" },
    bias: engine.tensor(B1, [8]),
  });
  const b = conv(a, engine.tensor(W2, [8, 8, 3, 3]), { ...EXACT, padding: 1 });
  const up = upsample(maxPool(add(a, b), { kernelSize: 2 }), { scale: 2 });
  const y = conv(concatenate([up, a]), engine.tensor(W3, [4, 16, 1, 1]), EXACT);
  return { y, classes: softmax(reshape(globalAveragePool(y), [1, 4]), { axis: 1 }) };
}
