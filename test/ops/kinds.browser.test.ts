// The kinds of convolution that are made of several operations: what they hold on the GPU afterwards, and what the engine refuses beyond what
// the references do.
import { afterAll, beforeAll, expect, it } from "vitest";
import { ConvError, type Engine, Tensor, createEngine } from "../../src/index.ts";
import { newDevice } from "../suite/counting.ts";
import { refusal } from "../suite/refusal.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ device: await newDevice([]), tuning: "forget" });
});
afterAll(() => {
  engine.destroy();
  engine.device.destroy();
});

const map = (...shape: number[]) => engine.empty(shape);

interface Calls {
  readonly name: string;
  /** Makes its tensors, and returns what calls the operation on them. */
  readonly prepare: () => { inputs: Tensor[]; run: () => object; refused: () => unknown };
}

const CALLS: Calls[] = [
  {
    name: "separableConv",
    prepare: () => {
      const inputs = [map(1, 2, 5, 5), map(2, 1, 3, 3), map(4, 2, 1, 1)] as const;
      const run = () => engine.separableConv(...inputs, { padding: 1 });
      return { inputs: [...inputs], run, refused: () => engine.separableConv(...inputs, { bias: inputs[0] }) };
    },
  },
  {
    name: "separableConvBackward",
    prepare: () => {
      const inputs = [map(1, 4, 3, 3), map(1, 2, 5, 5), map(2, 1, 3, 3), map(4, 2, 1, 1)] as const;
      const run = () => engine.separableConvBackward(...inputs, { depthwiseActivation: "silu" });
      // The output of gelu tells no derivative, which is seen when the depthwise result is there already.
      const refused = () => engine.separableConvBackward(...inputs, { activation: "gelu", output: inputs[0] });
      return { inputs: [...inputs], run, refused };
    },
  },
  {
    name: "coordConv",
    prepare: () => {
      const inputs = [map(2, 1, 5, 5), map(2, 3, 3, 3)] as const;
      const run = () => engine.coordConv(...inputs);
      return { inputs: [...inputs], run, refused: () => engine.coordConv(...inputs, { algorithm: "none such" }) };
    },
  },
  {
    name: "coordConvBackwardWeights",
    prepare: () => {
      const inputs = [map(2, 1, 5, 5), map(2, 2, 3, 3)] as const;
      const options = { kernelShape: [2, 3, 3, 3] };
      const run = () => engine.coordConvBackwardWeights(...inputs, options);
      const refused = () => engine.coordConvBackwardWeights(...inputs, { ...options, activation: "relu" });
      return { inputs: [...inputs], run, refused };
    },
  },
  {
    name: "deformableConvBackward",
    prepare: () => {
      const inputs = [map(1, 2, 3, 3), map(1, 2, 5, 5), map(2, 2, 3, 3)] as const;
      const offset = map(1, 18, 3, 3);
      const run = () => engine.deformableConvBackward(...inputs, { offset });
      const refused = () => engine.deformableConvBackward(...inputs, { offset, mask: offset });
      return { inputs: [...inputs, offset], run, refused };
    },
  },
];

it.each(CALLS)("$name keeps no tensor but its results", ({ prepare }) => {
  const before = engine.memory;
  const { inputs, run, refused } = prepare();
  const held = () => engine.memory.tensors;
  const own = held();
  for (let round = 0; round < 2; round++) {
    const made = run();
    const results = made instanceof Tensor ? [made] : Object.values(made as Record<string, Tensor>);
    expect(held()).toBe(own + results.reduce((sum, { byteLength }) => sum + byteLength, 0));
    for (const result of results) result.destroy();
  }
  expect(refused).toThrow(ConvError);
  expect(held(), "after a refusal").toBe(own);
  for (const input of inputs) input.destroy();
  // What was prepared from weights goes with them.
  expect(held() + engine.memory.weights).toBe(before.tensors + before.weights);
});

it("names the tensor that does not fit", () => {
  const last = engine.empty([3, 3, 1, 2], { layout: "channels-last" });
  const x = map(1, 2, 5, 5);
  const vector = engine.empty([3]);
  const cases: [() => unknown, object][] = [
    [() => engine.separableConv(x, last, map(1, 2, 1, 1)), { argument: "depthwise.shape", code: "shape-mismatch" }],
    [
      () => engine.separableConv(x, engine.empty([2, 1, 3, 3], { layout: "channels-last" }), map(1, 2, 1, 1)),
      { argument: "depthwise.layout", code: "shape-mismatch" },
    ],
    [() => engine.spatiallySeparableConv(x, vector as never), { argument: "kernels", code: "invalid-argument" }],
    [
      () => engine.spatiallySeparableConv(x, [vector, 3] as never),
      { argument: "kernels[1]", code: "invalid-argument" },
    ],
    [() => engine.coordConv(x, last), { argument: "w.shape", code: "shape-mismatch" }],
    [
      () => engine.locallyConnected(x, map(1, 18, 3, 2), { kernelSize: 3 }),
      { argument: "w.shape", code: "shape-mismatch" },
    ],
    [
      () => engine.locallyConnectedBackwardWeights(x, map(1, 1, 4, 3), { kernelSize: 3 }),
      { argument: "dy.shape", code: "shape-mismatch" },
    ],
    [
      () => engine.deformableConv(x, map(2, 2, 3, 3), { offset: vector }),
      { argument: "offset.shape", code: "shape-mismatch" },
    ],
    [() => engine.deformableConv(x, map(2, 2, 3, 3), {} as never), { argument: "offset", code: "invalid-argument" }],
  ];
  for (const [call, wanted] of cases) expect(refusal(call)).toMatchObject(wanted);
});
