// Operations composed of several others: what they leave on the GPU, and what the engine refuses beyond what the references refuse.
import { afterAll, beforeAll, expect, it } from "vitest";
import { ConvError, type Engine, Tensor, createEngine } from "../../src/index.ts";
import {
  coordConv,
  coordConvBackwardWeights,
  deformableConv,
  deformableConvBackward,
  locallyConnected,
  locallyConnectedBackwardWeights,
  separableConv,
  separableConvBackward,
  spatiallySeparableConv,
} from "../../src/ops/index.ts";
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
  /** Creates the tensors of a call, and returns the call and one that is refused. */
  readonly prepare: () => { inputs: Tensor[]; run: () => object; refused: () => unknown };
}

const CALLS: Calls[] = [
  {
    name: "separableConv",
    prepare: () => {
      const inputs = [map(1, 2, 5, 5), map(2, 1, 3, 3), map(4, 2, 1, 1)] as const;
      const run = () => separableConv(...inputs, { padding: 1 });
      return { inputs: [...inputs], run, refused: () => separableConv(...inputs, { bias: inputs[0] }) };
    },
  },
  {
    name: "separableConvBackward",
    prepare: () => {
      const inputs = [map(1, 4, 3, 3), map(1, 2, 5, 5), map(2, 1, 3, 3), map(4, 2, 1, 1)] as const;
      const run = () => separableConvBackward(...inputs, { depthwiseActivation: "silu" });
      // The output of gelu does not determine its derivative.
      const refused = () => separableConvBackward(...inputs, { activation: "gelu", output: inputs[0] });
      return { inputs: [...inputs], run, refused };
    },
  },
  {
    name: "coordConv",
    prepare: () => {
      const inputs = [map(2, 1, 5, 5), map(2, 3, 3, 3)] as const;
      const run = () => coordConv(...inputs);
      return { inputs: [...inputs], run, refused: () => coordConv(...inputs, { algorithm: "none such" }) };
    },
  },
  {
    name: "coordConvBackwardWeights",
    prepare: () => {
      const inputs = [map(2, 1, 5, 5), map(2, 2, 3, 3)] as const;
      const options = { kernelShape: [2, 3, 3, 3] };
      const run = () => coordConvBackwardWeights(...inputs, options);
      const refused = () => coordConvBackwardWeights(...inputs, { ...options, activation: "relu" });
      return { inputs: [...inputs], run, refused };
    },
  },
  {
    name: "deformableConvBackward",
    prepare: () => {
      const inputs = [map(1, 2, 3, 3), map(1, 2, 5, 5), map(2, 2, 3, 3)] as const;
      const offset = map(1, 18, 3, 3);
      const run = () => deformableConvBackward(...inputs, { offset });
      const refused = () => deformableConvBackward(...inputs, { offset, mask: offset });
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
  // Prepared weights are freed with the weights.
  expect(held() + engine.memory.weights).toBe(before.tensors + before.weights);
});

it("names the tensor that does not fit", () => {
  const last = engine.empty([3, 3, 1, 2], { layout: "channels-last" });
  const x = map(1, 2, 5, 5);
  const vector = engine.empty([3]);
  const cases: [() => unknown, object][] = [
    [() => separableConv(x, last, map(1, 2, 1, 1)), { argument: "depthwise.shape", code: "shape-mismatch" }],
    [
      () => separableConv(x, engine.empty([2, 1, 3, 3], { layout: "channels-last" }), map(1, 2, 1, 1)),
      { argument: "depthwise.layout", code: "shape-mismatch" },
    ],
    [() => spatiallySeparableConv(x, vector as never), { argument: "kernels", code: "invalid-argument" }],
    [() => spatiallySeparableConv(x, [vector, 3] as never), { argument: "kernels[1]", code: "invalid-argument" }],
    [() => coordConv(x, last), { argument: "w.shape", code: "shape-mismatch" }],
    [() => locallyConnected(x, map(1, 18, 3, 2), { kernelSize: 3 }), { argument: "w.shape", code: "shape-mismatch" }],
    [
      () => locallyConnectedBackwardWeights(x, map(1, 1, 4, 3), { kernelSize: 3 }),
      { argument: "dy.shape", code: "shape-mismatch" },
    ],
    [
      () => deformableConv(x, map(2, 2, 3, 3), { offset: vector }),
      { argument: "offset.shape", code: "shape-mismatch" },
    ],
    [() => deformableConv(x, map(2, 2, 3, 3), {} as never), { argument: "offset", code: "invalid-argument" }],
  ];
  for (const [call, wanted] of cases) expect(refusal(call)).toMatchObject(wanted);
});
