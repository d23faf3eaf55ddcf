// Which files load operators on demand, and what happens where they cannot be loaded.
import { expect, it, vi } from "vitest";
import { readOnnx } from "../../src/onnx/load.ts";
import { operatorsFor } from "../../src/onnx/operators/index.ts";
import { readModel } from "../../src/onnx/read.ts";
import { models } from "./goldens.ts";

const network = vi.hoisted(() => ({ answer: (): Promise<void> => Promise.reject(new Error("no network")) }));
vi.mock("../../src/onnx/operators/rare-operators.ts", async (importOriginal) => {
  await network.answer();
  return importOriginal();
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

/** A file that needs further operators. */
const { model: rare } = models.find(({ operators }) => operators.includes("Tile"))!;

it("rejects with the error of the import where operators cannot be loaded", async () => {
  await expect(readModel(rare, "f32", none)).rejects.toMatchObject({ cause: { message: "no network" } });
});

it("stops while operators are loaded, and loads them again", async () => {
  const stop = new AbortController();
  network.answer = () => Promise.resolve(stop.abort(new Error("enough")));
  await expect(readOnnx(rare, { signal: stop.signal })).rejects.toThrow("enough");
  expect((await readOnnx(rare)).outputs.length).toBe(1);
});
