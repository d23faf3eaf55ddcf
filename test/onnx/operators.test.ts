// Every operator of ONNX that is served, lowered and computed by the references, against the official evaluator: models of each operator, for each
// opset in which it changed.
import { expect, test } from "vitest";
import { operatorsFor } from "../../src/onnx/operators/index.ts";
import { readModel } from "../../src/onnx/read.ts";
import { interpret } from "../model/interpret.ts";
import { differenceOf, models } from "./goldens.ts";

const none = (): never => {
  throw new Error("no other file");
};

test.each(models)("$name", async ({ model, inputs, outputs, tolerance }) => {
  const source = await readModel(model, "f32", none);
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
  const results = interpret(source.graph(shapes), inputs);
  expect(Object.keys(results)).toEqual(Object.keys(outputs));
  for (const [name, { shape, data }] of Object.entries(outputs)) {
    expect(results[name]!.shape, name).toEqual(shape);
    const { shape: declared } = source.outputs.find((output) => output.name === name)!;
    expect(declared.map((size, axis) => (typeof size === "number" ? size : shape[axis]))).toEqual(shape);
    expect(differenceOf(results[name]!.data, data), name).toBeLessThanOrEqual(tolerance);
  }
});

test("has a model of every operator", async () => {
  const tested = new Set(models.flatMap(({ operators }) => operators));
  expect([...(await operatorsFor(["all"])).keys()].filter((name) => !tested.has(name))).toEqual([]);
});
