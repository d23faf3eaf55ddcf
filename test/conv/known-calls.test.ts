// A call with the shapes and options of an earlier one is not checked again: so it must be the same call in every respect, or be refused as it
// would have been at first. On a fake device.
import { beforeEach, describe, expect, it } from "vitest";
import {
  type ConvOptions,
  type Engine,
  type Tensor,
  conv,
  convBackwardData,
  convBackwardWeights,
  convTranspose,
  convTransposeBackwardData,
  convTransposeBackwardWeights,
  createEngine,
} from "../../src/index.ts";
import { fakeDevice } from "../suite/fake-device.ts";
import { thrown } from "../suite/worked.ts";

let engine: Engine;
let x: Tensor;
let w: Tensor;
beforeEach(async () => {
  engine = await createEngine({ device: fakeDevice().device, tuning: "forget" });
  x = engine.empty([1, 4, 9, 9]);
  w = engine.empty([4, 4, 3, 3]);
});

/** Makes a call twice, and returns the results. */
const twice = (call: () => Tensor): Tensor[] => [call(), call()];

describe("a second call", () => {
  it("reads each option once", () => {
    let reads = 0;
    const options = {
      get padding() {
        reads++;
        return 1;
      },
    };
    conv(x, w, options);
    reads = 0;
    conv(x, w, options);
    expect(reads).toBe(1);
  });

  it("has the shape and format of the first, in every function", () => {
    const dy = engine.empty([1, 4, 5, 5]);
    const half = { stride: 2, padding: 1 };
    const calls: [() => Tensor, number[]][] = [
      [() => conv(x, w, half), [1, 4, 5, 5]],
      [() => convBackwardData(dy, w, { ...half, inputShape: x.shape }), [1, 4, 9, 9]],
      [() => convBackwardWeights(x, dy, { ...half, kernelShape: w.shape }), [4, 4, 3, 3]],
      [() => convTranspose(dy, w, half), [1, 4, 9, 9]],
      [() => convTransposeBackwardData(x, w, half), [1, 4, 5, 5]],
      [() => convTransposeBackwardWeights(dy, x, { ...half, kernelShape: w.shape }), [4, 4, 3, 3]],
    ];
    for (const [call, shape] of [...calls, ...calls]) expect(call().shape).toEqual(shape);
  });

  it("is another one where anything differs", () => {
    const last = { layout: "channels-last" } as const;
    const shapes = [
      () => conv(x, w),
      () => conv(x, w, { padding: 1 }),
      () => conv(x, w, { padding: [1, 2] }),
      () => conv(x, w, { padding: [2, 1] }),
      () => conv(x, w, { stride: 2 }),
      () => conv(x, w, { dilation: 2 }),
      () => conv(engine.empty([1, 9, 9, 4], last), engine.empty([3, 3, 4, 4], last), { padding: "same" }),
      () => conv(engine.empty([1, 4, 12, 9]), w, { padding: 1 }),
    ].map((call) => twice(call).map(({ shape }) => shape.join()));
    for (const [one, other] of shapes) expect(other).toBe(one);
    expect(new Set(shapes.flat()).size).toBe(shapes.length);
  });
});

describe("what was not called before is refused", () => {
  const endless: unknown[] = [];
  endless.push(endless);
  const refused: [string, (options: ConvOptions) => unknown, string][] = [
    ["a number in an object", () => ({ padding: new Number(1) }), "invalid-argument"],
    ["a list that holds itself", () => ({ padding: endless }), "shape-mismatch"],
    ["a list in place of a number", () => ({ padding: ["1"] }), "shape-mismatch"],
    ["a text of the same letters", () => ({ padding: "1" }), "invalid-argument"],
    ["an integer of another type", () => ({ padding: 1n }), "invalid-argument"],
    ["a text that closes its quotes", () => ({ padding: 1, algorithm: 'direct","variant":"x' }), "unknown-algorithm"],
    ["an option that is a tensor", () => ({ padding: 1, x }), "unknown-option"],
    ["an option of another function", () => ({ padding: 1, output: x }), "unknown-option"],
    ["a tensor of another shape", () => ({ padding: 1, bias: engine.empty([5]) }), "shape-mismatch"],
    ["a bias that is none", () => ({ padding: 1, bias: 4 }), "invalid-argument"],
  ];
  it.each(refused)("%s", (_, options, code) => {
    for (let turn = 0; turn < 2; turn++) {
      conv(x, w, { padding: 1 });
      conv(x, w, { padding: 1, algorithm: "direct" });
      conv(x, w, { padding: 1, bias: engine.empty([4]) });
    }
    for (let turn = 0; turn < 2; turn++) expect(thrown(() => conv(x, w, options({}) as ConvOptions)).code).toBe(code);
  });

  it("tensors that are destroyed, or of other engines", async () => {
    const bias = engine.empty([4]);
    const call = (): Tensor => conv(x, w, { padding: 1, bias });
    twice(call);
    bias.destroy();
    expect(thrown(call).code).toBe("destroyed");
    using other = await createEngine({ device: engine.device, tuning: "forget" });
    const foreign = other.empty([4, 4, 3, 3]);
    conv(x, w, { padding: 1 });
    expect(thrown(() => conv(x, foreign, { padding: 1 })).code).toBe("foreign-tensor");
    engine.destroy();
    expect(thrown(() => conv(x, w, { padding: 1 })).code).toBe("destroyed");
  });
});
