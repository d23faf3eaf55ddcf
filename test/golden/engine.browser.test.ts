// The convolutions of the engine against PyTorch, by the algorithms that add up products without transforms.
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import {
  ConvError,
  type Engine,
  type Tensor,
  conv,
  convBackwardBias,
  convBackwardData,
  convBackwardWeights,
  convTranspose,
  convTransposeBackwardData,
  convTransposeBackwardWeights,
  createEngine,
} from "../../src/index.ts";
import { drawPart } from "../suite/selection.ts";
import { ROUNDOFF, expectClose, geometry, given, tolerances } from "./comparison.ts";
import { type GoldenCase, type GoldenTensor, goldenCases } from "./golden.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.destroy());

/** The result of a case. */
function computed(golden: GoldenCase, algorithm: string, made: Tensor[]): Tensor {
  const tensor = ({ data, shape }: GoldenTensor): Tensor => {
    made.push(engine.tensor(data, shape));
    return made.at(-1)!;
  };
  const { options, bias, preActivation } = golden;
  const { activation } = options;
  const linear = { ...geometry(golden), algorithm };
  const epilogue = {
    ...(activation !== undefined && { activation }),
    ...(bias && { bias: tensor(bias) }),
  };
  const gradient =
    preActivation && activation !== undefined ? { activation, preActivation: tensor(preActivation) } : {};
  const one = (key: "x" | "w" | "dy"): Tensor => tensor(given(golden, key));
  switch (golden.pass) {
    case "forward":
      return conv(one("x"), one("w"), { ...linear, ...epilogue });
    case "transposed":
      return convTranspose(one("x"), one("w"), { ...linear, ...epilogue });
    case "backward-data":
      return convBackwardData(one("dy"), one("w"), {
        ...linear,
        ...gradient,
        inputShape: given(golden, "inputShape"),
      });
    case "backward-weights":
      return convBackwardWeights(one("x"), one("dy"), {
        ...linear,
        ...gradient,
        kernelShape: given(golden, "kernelShape"),
      });
    case "backward-bias":
      return convBackwardBias(one("dy"), gradient);
    case "transposed-backward-data":
      return convTransposeBackwardData(one("dy"), one("w"), { ...linear, ...gradient });
    case "transposed-backward-weights":
      return convTransposeBackwardWeights(one("x"), one("dy"), {
        ...linear,
        ...gradient,
        kernelShape: given(golden, "kernelShape"),
      });
  }
}

// Every algorithm reads options alike, and the shared suite shows that all compute the same: the first algorithm runs every case, the others
// a third each, and a run takes half of that by its seed. Where compiling is slow, the first runs a third and the others none.
const everything = inject("selection") === "all";
const drawn = drawPart(goldenCases, 2, inject("draw"), ({ name }) => name);

describe.concurrent.each(everything ? ["direct", "implicit-gemm", "im2col"] : ["direct"])("%s", (algorithm) => {
  const turn = ["direct", "implicit-gemm", "im2col"].indexOf(algorithm);
  const chosen = drawn.filter((_, at) => at % 3 === turn || (everything && turn === 0));
  test.for(chosen.map((golden) => [golden.name, golden] as const))("%s", async ([, golden]) => {
    const made: Tensor[] = [];
    try {
      made.push(computed(golden, algorithm, made));
      const { shape } = made.at(-1)!;
      const data = await made.at(-1)!.read();
      expectClose({ data, shape: [...shape] }, golden.expected, tolerances(golden, ROUNDOFF.float32));
    } finally {
      for (const tensor of made) tensor.destroy();
    }
  });
});

test("the output of an activation serves as well as the value before it", async () => {
  const [golden] = goldenCases.filter(
    ({ pass, options, output }) => pass === "backward-data" && options.activation === "relu" && output,
  );
  const { w, dy, output, preActivation, options, inputShape, expected } = golden!;
  const tensor = ({ data, shape }: GoldenTensor): Tensor => engine.tensor(data, shape);
  const tensors = { w: tensor(w!), dy: tensor(dy!), output: tensor(output!), preActivation: tensor(preActivation!) };
  const call = { ...options, inputShape: inputShape! };
  const dx = convBackwardData(tensors.dy, tensors.w, { ...call, output: tensors.output });
  expect([...(await dx.read())]).toEqual(expected.data);
  const both = () =>
    convBackwardData(tensors.dy, tensors.w, {
      ...call,
      output: tensors.output,
      preActivation: tensors.preActivation,
    });
  expect(both).toThrow(/output: got a tensor, expected none together with preActivation/);
  expect(() => convBackwardData(tensors.dy, tensors.w, call)).toThrow(ConvError);
  expect(() =>
    convBackwardData(tensors.dy, tensors.w, {
      ...geometry(golden!),
      inputShape: inputShape!,
      output: tensors.output,
    }),
  ).toThrow(/output: got a tensor, expected none unless activation is given/);
  for (const one of [...Object.values(tensors), dx]) one.destroy();
});
