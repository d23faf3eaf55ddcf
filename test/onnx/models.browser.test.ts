// ONNX files on the GPU, from their bytes to their outputs: a model of each operator, and what loading leaves on the GPU.
import { type Engine, createEngine } from "convoke";
import { loadOnnx } from "convoke/onnx";
import { afterAll, beforeAll, expect, test } from "vitest";
import { differenceOf, models } from "./goldens.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ tuning: "forget" });
});
afterAll(() => engine.destroy());

/** The first model of each operator, and one without any. Node runs all of them, on the references. */
const first = new Map(models.toReversed().flatMap((model) => model.operators.map((operator) => [operator, model])));
const plain = models.filter(({ name }) => name.startsWith("An input that is an output"));

test.each([...new Set([...first.values(), ...plain])])(
  "$name",
  async ({ model: bytes, inputs, outputs, tolerance }) => {
    using model = await loadOnnx(engine, bytes);
    const results = await model.run(inputs);
    for (const [name, { shape, data }] of Object.entries(outputs)) {
      const result = results[name]!;
      expect(result.shape, name).toEqual(shape);
      expect(result.dtype, name).toBe(model.outputs.find((output) => output.name === name)!.dtype);
      expect(differenceOf(await result.read(), data), name).toBeLessThanOrEqual(tolerance);
      result.destroy();
    }
  },
);

test("a model that is refused, when it is loaded or when it is compiled, leaves nothing on the GPU", async () => {
  const before = engine.memory.total - engine.memory.pool;
  const broken = models[0]!.model.slice(0, -20);
  await expect(loadOnnx(engine, broken)).rejects.toMatchObject({ code: "invalid-model" });
  const open = models.find(({ name }) => name.startsWith("Resize by arithmetic"))!;
  using model = await loadOnnx(engine, open.model);
  await expect(model.compile({ x: [1, 2, 3, 4] })).rejects.toMatchObject({ code: "shape-mismatch" });
  await expect(model.compile({ x: [1, 1, 0, 4] })).rejects.toMatchObject({ code: "unsupported-model" });
  expect(engine.memory.total - engine.memory.pool).toBe(before);
});

test("a model runs for every size that its file leaves open", async () => {
  const open = models.find(({ name }) => name.startsWith("Resize by arithmetic"))!;
  using model = await loadOnnx(engine, open.model);
  expect(model.inputs[0]!.shape).toEqual(["n", 1, "h", "w"]);
  for (const [height, width] of [
    [3, 4],
    [4, 6],
  ] as const) {
    const data = Float32Array.from({ length: height * width }, () => 2);
    const { y } = await model.run({ x: { data, shape: [1, 1, height, width] } });
    expect(y!.shape).toEqual([1, 1, Math.floor(height * 1.5), Math.floor(width * 1.5)]);
    expect((await y!.read()).every((value) => value === 2)).toBe(true);
    y!.destroy();
  }
});

test("a model computes with half-precision numbers where it is asked to", async ({ skip }) => {
  if (!engine.device.features.has("shader-f16")) skip();
  const golden = models.find(({ name }) => name === "Conv, opset 11")!;
  using model = await loadOnnx(engine, golden.model, { dtype: "f16" });
  const { y } = await model.run(golden.inputs);
  expect(y!.dtype).toBe("f16");
  // Numbers of the model are halves; a result is rounded once, by 2^-11 of its size.
  expect(differenceOf(await y!.read(), golden.outputs["y"]!.data)).toBeLessThanOrEqual(2 ** -11);
});
