// The numbers of the networks page, compared with papers, frameworks and the library's own arithmetic.
import { describe, expect, it } from "vitest";
import { descriptorOf, problemOf } from "../../bench/layer.ts";
import { kindOf } from "../../site/networks/arithmetic.ts";
import { CATALOGUE, NAMES, connectedWeights } from "../../site/networks/catalogue.ts";
import { makeBank } from "../../site/networks/filters.ts";
import { shortReason } from "../../site/networks/reason.ts";
import { hashOf, parseHash } from "../../site/networks/state.ts";
import { type ConvStop, walk } from "../../site/networks/walk.ts";
import { elementCount } from "../../src/base/shape.ts";
import { multiplyAdds } from "../../src/problem/problem.ts";

const CIRCUMSTANCES = { batch: 1, layout: "channels-first", dtype: "f32" } as const;

describe("totals", () => {
  // Convolutions alone: no biases, no normalisation, no fully connected layers.
  it.each([
    ["lenet5", 3, 50_550, 405_600],
    ["alexnet", 5, 2_332_704, 665_784_864],
    ["vgg16", 13, 14_710_464, 15_346_630_656],
    ["resnet50", 53, 23_454_912, 4_087_136_256],
    ["mobilenet-v1", 27, 3_185_088, 567_716_352],
    ["mobilenet-v2", 52, 2_189_760, 299_494_272],
  ] as const)("of %s are %d convolutions, %d weights, %d multiply-adds", (name, convolutions, weights, work) => {
    const { convs, ...totals } = walk(name);
    expect(convs).toHaveLength(convolutions);
    expect(totals.weights).toBe(weights);
    expect(totals.multiplyAdds).toBe(work);
  });

  // As published, with the classifier: 138 million parameters, 15.5 G for VGG-16; 61 million, 724 M for AlexNet; 25.5 million and 4.09 G
  // for ResNet-50; 4.2 million and 569 M for MobileNet v1. Biases and normalisation would be the rest of the parameters.
  it.each([
    ["lenet5", 61_470, 416_520],
    ["alexnet", 60_954_656, 724_406_816],
    ["vgg16", 138_344_128, 15_470_264_320],
    ["resnet50", 25_502_912, 4_089_184_256],
    ["mobilenet-v1", 4_209_088, 568_740_352],
  ] as const)("of %s with its fully connected layers are %d weights, %d multiply-adds", (name, weights, work) => {
    const connected = connectedWeights(CATALOGUE[name]);
    const totals = walk(name);
    expect(totals.weights + connected).toBe(weights);
    expect(totals.multiplyAdds + connected).toBe(work);
  });
});

describe.each(NAMES)("%s", (name) => {
  const { convs, stops } = walk(name);

  it("counts each layer as the library does", () => {
    for (const { shape, size, weights, multiplyAdds: work } of convs) {
      const descriptor = descriptorOf(shape, "forward", CIRCUMSTANCES);
      const problem = problemOf("forward", descriptor);
      expect(problem.output).toEqual([1, size, size]);
      expect(work).toBe(multiplyAdds(problem));
      expect(weights).toBe(elementCount(descriptor.kernelShape));
    }
  });

  it("feeds each layer of the main path the maps of the one before", () => {
    const main = stops.filter((stop) => stop.type === "pool" || !stop.side);
    main.forEach((stop, at) => {
      const before = main[at - 1];
      if (stop.type === "conv" && before) expect(stop.shape.input).toEqual([before.size, before.size]);
      if (stop.type === "pool") expect(stop.channels).toBe(before?.channels);
    });
  });

  it("ends in the maps that the fully connected layers take", () => {
    const last = stops.at(-1)!;
    const [first] = CATALOGUE[name].connected;
    if (first) expect(last.channels * last.size ** 2).toBe(first[0]);
  });

  it("gives each layer a name of its own", () => {
    expect(new Set(convs.map((stop) => stop.name)).size).toBe(convs.length);
  });
});

describe("receptive fields", () => {
  // Araujo, Norris and Sim, Computing receptive fields of convolutional neural networks (2019), which counts pooling.
  it.each([
    ["alexnet", "pool", 195, 32],
    ["vgg16", "pool", 212, 32],
    ["mobilenet-v1", "conv", 315, 32],
    // With the stride in the first block of a stage; 483 with the stride in the last one.
    ["resnet50", "conv", 427, 32],
    ["lenet5", "conv", 32, 4],
  ] as const)("of %s at its last %s are %d, every %d", (name, type, size, jump) => {
    const last = walk(name).stops.findLast((stop) => stop.type === type && stop.name !== "global average");
    expect(last?.field).toEqual({ size, jump });
  });

  it("are given for the main path only", () => {
    const side = walk("resnet50").convs.filter((stop) => stop.side);
    expect(side.map(({ name }) => name)).toEqual([2, 3, 4, 5].map((stage) => `conv${stage}_1 shortcut`));
    expect(side.every(({ field }) => field === undefined)).toBe(true);
  });
});

it("distinguishes the kinds of layers", () => {
  const kinds = (name: Parameters<typeof walk>[0]): string[] =>
    walk(name).convs.map(({ shape }: ConvStop) => kindOf(shape));
  expect(kinds("alexnet")).toEqual(["strided", "grouped", "dense", "grouped", "grouped"]);
  expect(kinds("mobilenet-v1").slice(0, 3)).toEqual(["strided", "depthwise", "pointwise"]);
  expect(kinds("xception").filter((kind) => kind === "strided")).toHaveLength(5);
});

describe("the reason for a choice", () => {
  it.each([
    [
      " 1 winograd       variant F(4,3), estimated 1.20 ms, workspace 0 bytes, error growth 31.2\n 2 direct         variant default, estimated 4.00 ms, workspace 0 bytes, error growth 1",
      "estimated 1.20 ms; next direct, estimated 4.00 ms",
    ],
    [
      " 1 direct  variant rows, measured 2.00 ms, estimated 4.00 ms, workspace 0 bytes\n   fft     refused: too large",
      "measured 2.00 ms; no other algorithm supports it",
    ],
    ["as it was asked for", "as it was asked for"],
  ])("%j is %j", (explanation, short) => {
    expect(shortReason(explanation)).toBe(short);
  });
});

describe("the hash", () => {
  it("keeps the choice", () => {
    const state = { network: "vgg16", bank: "random", seed: 12, filters: 64 } as const;
    expect(parseHash(hashOf(state))).toEqual(state);
  });

  it.each(["", "#", "#network=none&bank=x&seed=-1&filters=1.5", "#seed=1e9&filters=65"])(
    "reads %j as the initial state",
    (hash) => {
      expect(parseHash(hash)).toEqual({ network: "alexnet", bank: "gabor", seed: 1, filters: 32 });
    },
  );
});

describe("banks of filters", () => {
  it.each([
    [64, 3, 11],
    [32, 3, 3],
    [6, 1, 5],
  ])(
    "of waves, %d of %d channels and %d cells a side, differ and give nothing on an even grey surface",
    (count, channels, size) => {
      const { weights, labels } = makeBank("gabor", count, channels, size, 1);
      const terms = channels * size * size;
      expect(labels).toHaveLength(count);
      expect(new Set(labels).size).toBe(count);
      const filters = Array.from({ length: count }, (_, at) => weights.subarray(at * terms, (at + 1) * terms));
      expect(new Set(filters.map(String)).size).toBe(count);
      for (const filter of filters) {
        expect(filter.some((weight) => Math.abs(weight) > 0.05)).toBe(true);
        expect(filter.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(0, 5);
      }
    },
  );

  it("at random are determined by the seed, with the deviation of He et al.", () => {
    const { weights } = makeBank("random", 64, 3, 7, 5);
    expect(makeBank("random", 64, 3, 7, 5).weights).toEqual(weights);
    expect(makeBank("random", 64, 3, 7, 6).weights).not.toEqual(weights);
    const square = weights.reduce((sum, weight) => sum + weight * weight, 0) / weights.length;
    expect(square).toBeCloseTo(2 / 147, 3);
  });
});
