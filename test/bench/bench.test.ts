// The layers of the benchmark, its arithmetic and its table.
import { describe, expect, it } from "vitest";
import { type Layer, descriptorOf, describeLayer, layerMultiplyAdds, problemOf, square } from "../../bench/layer.ts";
import type { Measurement } from "../../bench/measurement.ts";
import type { Opened, Result } from "../../bench/protocol.ts";
import { attainable } from "../../bench/roofline.ts";
import { spread } from "../../bench/stopwatch.ts";
import { SUITES, isNetwork } from "../../bench/suites.ts";
import { complaints, measurementTable, networkTotal, summary } from "../../bench/table.ts";
import { elementCount } from "../../src/base/shape.ts";
import { multiplyAdds, tensorShape } from "../../src/problem/problem.ts";

const CIRCUMSTANCES = { batch: 1, layout: "channels-first", dtype: "f32" } as const;
const layer = (id: string, suite = "layers") => SUITES[suite]!.find((one) => one.id === id)!;

describe("layers", () => {
  it.each(Object.entries(SUITES))(
    "of %s are problems in every pass, layout and batch, under names of their own",
    (_, suite) => {
      expect(new Set(suite.map(({ id }) => id)).size).toBe(suite.length);
      for (const one of suite) {
        for (const layout of ["channels-first", "channels-last"] as const) {
          for (const pass of ["forward", "backward-data", "backward-weights"] as const) {
            const problem = problemOf(pass, descriptorOf(one, pass, { batch: 2, layout, dtype: "f16" }));
            expect(multiplyAdds(problem)).toBe(2 * layerMultiplyAdds(one, "forward"));
          }
        }
      }
    },
  );

  // Weights as the papers and frameworks state them, less those of fully connected layers and normalisation, and millions of multiply-adds.
  it.each([
    ["alexnet", 5, 2_332_704, 666],
    ["vgg16", 13, 14_710_464, 15_347],
    ["resnet50", 53, 23_454_912, 4087],
    ["mobilenet-v1", 27, 3_185_088, 568],
    ["mobilenet-v2", 52, 2_189_760, 299],
    ["shufflenet-v2", 56, 1_237_424, 144],
    ["xception", 74, 20_752_424, 8355],
    ["all-cnn", 9, 1_368_480, 271],
  ])("of %s are %d, with %d weights and %d million multiply-adds", (name, convolutions, weights, millions) => {
    const suite = SUITES[name]!;
    expect(isNetwork(name)).toBe(true);
    const total = (of: (one: Layer) => number): number => suite.reduce((sum, one) => sum + one.count * of(one), 0);
    expect(total(() => 1)).toBe(convolutions);
    expect(total((one) => elementCount(descriptorOf(one, "forward", CIRCUMSTANCES).kernelShape))).toBe(weights);
    expect(Math.round(total((one) => layerMultiplyAdds(one)) / 1e6)).toBe(millions);
  });

  it.each([
    ["L1", [1, 64, 56, 56], 115.6],
    ["L5", [1, 64, 112, 112], 118],
    ["L8", [1, 144, 56, 56], 4.1],
    ["L10", [1, 64, 56, 56], 192.9],
    ["L11", [1, 1, 512, 512], 1040.4],
    ["L13", [1, 256, 14, 14], 57.8],
    ["L14", [1, 128, 28, 28], 3.6],
    ["L15", [1, 128, 28, 28], 115.6],
  ])("%s gives %j", (id, output, millions) => {
    const problem = problemOf("forward", descriptorOf(layer(id), "forward", CIRCUMSTANCES));
    expect(tensorShape(problem, "y")).toEqual(output);
    expect(multiplyAdds(problem) / 1e6).toBeCloseTo(millions, 1);
  });

  it("have a transposed convolution that doubles the map", () => {
    const last = problemOf(
      "transposed",
      descriptorOf(layer("L12"), "transposed", { batch: 1, layout: "channels-last", dtype: "f32" }),
    );
    // Its x is the wanted output, its y what is given.
    expect(tensorShape(last, "x")).toEqual([1, 56, 56, 32]);
    expect(tensorShape(last, "y")).toEqual([1, 28, 28, 64]);
    expect(layerMultiplyAdds(layer("L12"))).toBe(28 * 28 * 64 * 32 * 16);
  });

  it("keep DeepBench's padded 1x1 convolution as it is", () => {
    const padded = SUITES["deepbench"]!.find(({ channels }) => channels === 2048)!;
    const problem = problemOf("forward", descriptorOf(padded, "forward", CIRCUMSTANCES));
    expect(tensorShape(problem, "y")).toEqual([1, 512, 7, 7]);
    const speech = SUITES["deepbench"]![0]!;
    expect(tensorShape(problemOf("forward", descriptorOf(speech, "forward", CIRCUMSTANCES)), "y")).toEqual([
      1, 32, 79, 341,
    ]);
  });

  it("keep the sizes of sound and video", () => {
    const outputs = SUITES["audio-video"]!.map((one) =>
      tensorShape(problemOf("forward", descriptorOf(one, "forward", CIRCUMSTANCES)), "y"),
    );
    expect(outputs).toEqual([
      [1, 384, 3000],
      [1, 64, 4096],
      [1, 64, 16, 28, 28],
    ]);
  });

  it.each([
    ["L1", "3x3 64->64 56x56"],
    ["L5", "7x7 s2 3->64 224x224"],
    ["L8", "depthwise 3x3 144 56x56"],
    ["L12", "4x4 s2 64->32 28x28 pad 1"],
    ["L14", "3x3 128->128 28x28 groups 32"],
    ["L15", "3x3 128->128 28x28 dilation 2"],
  ])("%s is %s in words", (id, words) => {
    expect(describeLayer(layer(id))).toBe(words);
  });

  it("say how often a network has them", () => {
    expect(SUITES["vgg16"]!.map(describeLayer)).toContain("3x3 256->256 56x56 (2 times)");
    expect(SUITES["audio-video"]!.map(describeLayer)[1]).toBe("25 taps 64->64 4096 dilation 4");
    expect(
      describeLayer({ ...square(2048, 512, 7, 1, { padding: 3, stride: 2 }), id: "", pass: "forward", count: 1 }),
    ).toBe("1x1 s2 2048->512 7x7 pad 3");
  });
});

describe("roofline", () => {
  const adapter = { flopsPerSecond: 100, bytesPerSecond: 10 };

  it("is bound by memory below the ridge and by arithmetic above it", () => {
    expect(attainable(adapter, 40, 10)).toBe(40);
    expect(attainable(adapter, 100, 10)).toBe(100);
    expect(attainable(adapter, 1000, 10)).toBe(100);
  });

  it("takes the spread as a share of the median", () => {
    expect(spread([2, 1, 4])).toBe(1.5);
    expect(spread([3])).toBe(0);
  });
});

describe("the table", () => {
  const roofline = { flopsPerSecond: 20e9, chains: 4, bytesPerSecond: 8e9 };
  const good: Result = {
    algorithm: "winograd",
    variant: "F(4,3)",
    flops: 200e6,
    bytes: 2e6,
    milliseconds: 20,
    samples: [19, 20, 21],
    workspaceBytes: 2048,
    firstMilliseconds: 150,
    check: { error: 1e-5, bound: 1e-4, against: "direct" },
  };
  const measured = (result: Result, id = "L1"): Measurement => ({ layer: layer(id), pass: "forward", result });
  const opened: Opened = {
    adapter: { vendor: "google", architecture: "swiftshader", device: "", description: "", isFallback: true },
    userAgent: "",
    features: [],
    limits: {},
    roofline,
  };
  const row = (result: Result): string => measurementTable([measured(result)], roofline).split("\n")[2]!;

  it("has the time, its spread, speed and share of the roofline", () => {
    expect(row(good).split(/ {2,}/)).toEqual([
      "L1",
      "3x3 64->64 56x56",
      "forward",
      "winograd/F(4,3)",
      "20.0",
      "10.0 %",
      "10.0",
      "50.0 %",
      "2.0 KiB",
      "150",
      "0.100",
    ]);
  });

  it.each([
    [{ ...good, check: { ...good.check!, error: 1e-3 } }, "WRONG"],
    [{ ...good, check: { ...good.check!, error: NaN } }, "WRONG"],
    [{ algorithm: "fft", variant: "", flops: 1, bytes: 1, refused: "it has no such pass" }, "refused"],
    [{ algorithm: "fft", variant: "", flops: 1, bytes: 1, failed: "out of memory" }, "FAILED"],
  ] satisfies [Result, string][])("shows no time for %j", (result, word) => {
    expect(row(result)).toContain(word);
    expect(row(result)).not.toContain(" 20.0 ");
  });

  it("tells refusals from failures", () => {
    const { refusals, failures } = complaints([
      measured(good),
      measured({ ...good, check: { ...good.check!, error: 1e-3 } }),
      measured({ algorithm: "fft", variant: "", flops: 1, bytes: 1, refused: "too large" }),
      measured({ algorithm: "fft", variant: "", flops: 1, bytes: 1, failed: "out of memory" }),
    ]);
    expect(refusals).toEqual(["L1 forward by fft: too large"]);
    expect(failures).toEqual([
      "L1 forward by winograd: off by 0.001, more than the 0.0001 that rounding explains",
      "L1 forward by fft: out of memory",
    ]);
  });

  it("adds up a network where every layer has one time", () => {
    const [first, second] = [layer("vgg16-1", "vgg16"), layer("vgg16-6", "vgg16")];
    const of = (one: typeof first, result = good): Measurement => ({ layer: one, pass: "forward", result });
    expect(second.count).toBe(2);
    expect(networkTotal([of(first), of(second)])).toEqual({ milliseconds: 60, flops: 600e6 });
    expect(networkTotal([of(first), of(first)])).toBeNull();
    expect(networkTotal([of(first), of(second, { ...good, milliseconds: undefined })])).toBeNull();
    expect(networkTotal([])).toBeNull();
  });

  it("ends with a line on the adapter", () => {
    const line = summary("Chromium 1", opened, [measured({ ...good, planMilliseconds: 1500 })], {
      trouble: [],
      pipelines: 7,
      peakBytes: 1024,
    });
    expect(line).toBe(
      "google swiftshader (software adapter: it runs on the CPU); Chromium 1; FMA peak 20.0 GFLOP/s; " +
        "copy 8.00 GB/s read and written; 7 pipelines compiled; peak memory 1.0 KiB; planning and compiling 1.50 s",
    );
  });
});
