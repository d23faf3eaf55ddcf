// The types of what a model returns: floats, which every operation takes, unless the caller names them. Checked when the tests are type-checked.
import { expectTypeOf, test } from "vitest";
import type { Tensor } from "../../src/index.ts";
import { conv } from "../../src/index.ts";
import type { Model, TiledData } from "../../src/model/index.ts";

test("results are tensors of floats, or of the types that are named", () => {
  const use = async (model: Model, x: Tensor) => {
    const { y } = await model.run({ x });
    expectTypeOf(y!).toEqualTypeOf<Tensor>();
    expectTypeOf(y!).toExtend<Parameters<typeof conv>[0]>();
    const { scores, places } = await model.run<{ scores: "f32"; places: "u32" }>({ x });
    expectTypeOf(scores).toExtend<Tensor>();
    expectTypeOf(await places.read()).toEqualTypeOf<Uint32Array<ArrayBuffer>>();
    expectTypeOf((await model.runTiled(x))["y"]!).toEqualTypeOf<Tensor>();
    expectTypeOf((await model.runTiled({ data: [1], shape: [1] }))["y"]!).toEqualTypeOf<TiledData>();
  };
  expectTypeOf(use).toBeFunction();
});
