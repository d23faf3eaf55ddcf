// The parts of `npm run bench -- --suite models` that need neither a browser nor the packages of the models.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { BenchPage } from "../../bench/bench-page.ts";
import { MODELS, inputValues, modelOf } from "../../bench/models/list.ts";
import type { ModelResult } from "../../bench/models/measure.ts";
import { type MeasuredModels, type ModelMeasurement, measureModels, relativeError } from "../../bench/models/rows.ts";
import { modelFailures, modelNotes, modelSummary, modelTable } from "../../bench/models/table.ts";
import { parseOptions } from "../../bench/options.ts";
import { ROOT } from "../../scripts/setup.mjs";

const result = (milliseconds: number, outputs: Record<string, number[]>): ModelResult => ({
  loadMilliseconds: 1,
  firstMilliseconds: 2 * milliseconds,
  milliseconds,
  samples: [milliseconds],
  peakBytes: 2 ** 20,
  outputs,
});

describe("the packages of the models", () => {
  const read = (name: string): unknown => JSON.parse(readFileSync(path.join(ROOT, "bench", "models", name), "utf8"));
  const { dependencies } = read("package.json") as { dependencies: Record<string, string> };

  it("are of exact versions, those of the lock file, and hold the files of every model", () => {
    const lock = read("package-lock.json") as { packages: Record<string, { version?: string }> };
    for (const [name, version] of Object.entries(dependencies)) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(lock.packages[`node_modules/${name}`]!.version).toBe(version);
    }
    for (const { file } of MODELS)
      expect(Object.keys(dependencies).some((name) => file.startsWith(`${name}/`))).toBe(true);
  });
});

describe("the input of a model", () => {
  it("is the same every time, within its range", () => {
    for (const model of MODELS) {
      const values = inputValues(model);
      const [least, most] = model.input.range;
      expect(values).toHaveLength(model.input.shape.reduce((product, size) => product * size, 1));
      expect(Math.min(...values.slice(0, 1000))).toBeGreaterThanOrEqual(least);
      expect(Math.max(...values.slice(0, 1000))).toBeLessThanOrEqual(most);
    }
    expect(inputValues(modelOf("ppocr-cls"))).toEqual(inputValues(modelOf("ppocr-cls")));
  });
});

describe("the error of outputs", () => {
  it("is relative to the largest value of each output", () => {
    expect(relativeError({ a: [1, 2], b: [100] }, { a: [1, 2.5], b: [101] })).toBeCloseTo(0.2);
    expect(relativeError({ a: [0] }, { a: [0] })).toBe(0);
  });

  it("is infinite where an output is missing, has another size or is no number", () => {
    const wrong: Record<string, number[]>[] = [{}, { a: [1] }, { a: [1, Number.NaN] }];
    for (const got of wrong) expect(relativeError(got, { a: [1, 2] })).toBe(Infinity);
  });
});

describe("measureModels", () => {
  it("asks each peer for the models that it reads, on both backends, and compares outputs with those in WebAssembly", async () => {
    const asked: unknown[] = [];
    let closed = 0;
    const page = {
      browser: "none",
      ask: (name: string, order: unknown) => {
        asked.push([name, order]);
        return Promise.resolve(result(10, { SR: [1, 4] }));
      },
      openPeer: () =>
        Promise.resolve({
          ask: (_: string, order: { backend: string }) => {
            asked.push(order);
            if (order.backend === "webgpu") return Promise.reject(new Error("no GPU"));
            return Promise.resolve({ version: "tfjs 1", result: result(30, { SR: [1, 5] }) });
          },
          close: () => Promise.resolve(void closed++),
        }),
      close: () => Promise.resolve(),
    } as unknown as BenchPage;
    const into: MeasuredModels = { models: [] };
    await measureModels(
      page,
      parseOptions(["--models", "default-model", "--peers", "tfjs,onnx", "--samples", "3"]),
      into,
    );
    expect(asked).toEqual([
      ["model", { model: "default-model", samples: 3 }],
      { peer: "tfjs", backend: "webgpu", model: "default-model", samples: 3 },
      { peer: "tfjs", backend: "wasm", model: "default-model", samples: 3 },
    ]);
    expect(closed).toBe(2);
    expect(into.peers).toEqual({ tfjs: "tfjs 1" });
    expect(into.models).toMatchObject([
      { engine: "convoke", error: 0.2 },
      { engine: "tfjs", backend: "webgpu", failed: "no GPU" },
      { engine: "tfjs", backend: "wasm", error: 0 },
    ]);
  });
});

describe("the table of models", () => {
  const { outputs: _, ...ten } = result(10, {});
  const { outputs: __, ...forty } = result(40, {});
  const models: ModelMeasurement[] = [
    { model: "m", engine: "convoke", backend: "webgpu", result: ten, error: 1e-6 },
    { model: "m", engine: "tfjs", backend: "webgpu", result: forty, error: 2e-6 },
    { model: "m", engine: "tfjs", backend: "wasm", result: ten, error: 0 },
    { model: "n", engine: "convoke", backend: "webgpu", result: ten, error: 0.5 },
    { model: "n", engine: "onnx", backend: "webgpu", failed: "why" },
  ];

  it("has a row for each engine, with its times over ours", () => {
    const lines = modelTable(models).split("\n");
    expect(lines[3]).toMatch(/^m +tfjs webgpu +1\.00 +80\.0 +40\.0 +4\.00 +4\.00 +1\.0 MiB +2\.0e-6$/);
    expect(lines[6]).toMatch(/^n +onnx webgpu +FAILED/);
  });

  it("is followed by what is wrong, notes and ratios", () => {
    expect(modelFailures(models)).toEqual(["n: off by 0.5 of the largest value, more than 0.0001"]);
    expect(modelNotes(models)).toEqual(["onnx webgpu on n: FAILED: why"]);
    expect(modelSummary(models)[0]).toBe(
      "later runs, fastest WebGPU peer over ours: geometric mean 4.00, least 4.00 (1 models)",
    );
  });
});
