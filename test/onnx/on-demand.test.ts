// Which files load operators on demand, and what happens where they cannot be loaded.
import { expect, it, vi } from "vitest";
import { operatorsFor } from "../../src/onnx/operators/index.ts";
import { readModel } from "../../src/onnx/read.ts";
import { models } from "./goldens.ts";

vi.mock("../../src/onnx/operators/rare-operators.ts", () => {
  throw new Error("no network");
});

const none = (): never => {
  throw new Error("no other file");
};

/** The operators of convolutional networks as PyTorch exports them, for maps of known sizes. */
const USUAL = [
  ...["Conv", "ConvTranspose", "BatchNormalization", "Relu", "LeakyRelu", "Clip", "Sigmoid", "HardSwish", "Tanh"],
  ...["Add", "Sub", "Mul", "Div", "MaxPool", "AveragePool", "GlobalAveragePool", "Gemm", "MatMul", "Softmax"],
  ...["Concat", "Resize", "Upsample", "Constant", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Slice"],
  ...["Identity", "Dropout"],
];

it("reads what usual networks consist of without further operators", async () => {
  const common = await operatorsFor(USUAL);
  const usual = models.filter(({ operators }) => operators.every((operator) => common.has(operator)));
  expect(new Set(usual.flatMap(({ operators }) => operators))).toEqual(new Set(common.keys()));
  for (const { model } of usual) await readModel(model, "f32", none);
});

it("rejects with the error of the import where operators cannot be loaded", async () => {
  const { model } = models.find(({ operators }) => operators.includes("Tile"))!;
  await expect(readModel(model, "f32", none)).rejects.toMatchObject({ cause: { message: "no network" } });
});
