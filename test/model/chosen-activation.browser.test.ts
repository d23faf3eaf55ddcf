// The convolutions of a model share kernels on software adapters, and compute what each computes by itself.
import { afterAll, beforeAll, expect, it } from "vitest";
import { isSoftware } from "../../src/gpu/adapter.ts";
import { type Tensor, conv, createEngine } from "../../src/index.ts";
import { Model } from "../../src/model/model.ts";
import { input, sourceOf } from "./networks.ts";
import { type Watched, destroyAll, valuesOf, watchedEngine } from "./watched.ts";

/** The options of the calls, by the names of their results. */
const CALLS = {
  plain: {},
  relu: { activation: "relu" },
  relu6: { activation: "relu6" },
  swish: { activation: "hard-swish" },
} as const;
const SHAPE = [1, 3, 6, 10];

/** From -8 to 8, with zeros of both signs, NaN and infinities. */
const DATA = Float32Array.from(
  { length: 180 },
  (_, at) => [NaN, Infinity, -Infinity, -0][at] ?? (((at * 37) % 161) - 80) / 10,
);

/** Passes the channels on, and one of them twice over. */
const W = new Float32Array([1, 0, 0, 0, 1, 0, 0, 0, 1, 2, 0, 0]);

let watched: Watched;
beforeAll(async () => {
  watched = await watchedEngine();
});
afterAll(() => watched.close());

it("compiles one kernel for activations that differ, with the same bits", async () => {
  const { engine, device } = watched;
  const model = new Model(
    engine,
    sourceOf([input(SHAPE)], (builder, x) => {
      const w = builder.constant("w", { shape: [4, 3, 1, 1], data: W });
      for (const [name, options] of Object.entries(CALLS)) {
        const [y] = builder.node(name, "conv", { x, w }, { algorithm: "direct", ...options });
        builder.output(name, y!);
      }
    }),
  );
  using x = engine.tensor(DATA, SHAPE);
  watched.clear();
  const got = await model.run({ x });
  if (isSoftware(engine.info.adapter)) expect(watched.calls["createComputePipelineAsync"]).toBe(1);
  const other = await createEngine({ device, tuning: "forget" });
  const [ownX, w] = [other.tensor(DATA, SHAPE), other.tensor(W, [4, 3, 1, 1])];
  const eager: Record<string, Tensor> = {};
  for (const [name, options] of Object.entries(CALLS)) eager[name] = conv(ownX, w, { algorithm: "direct", ...options });
  const bits = (values: Awaited<ReturnType<typeof valuesOf>>) =>
    Object.fromEntries(
      Object.entries(values).map(([name, list]) => [name, [...new Int32Array(Float32Array.from(list).buffer)]]),
    );
  expect(bits(await valuesOf(got))).toEqual(bits(await valuesOf(eager)));
  destroyAll(got);
  model.destroy();
  other.destroy();
});
