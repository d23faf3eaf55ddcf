// The sampled suite, and the planner's choices beside what a search finds.
import { describe, expect, it } from "vitest";
import { choiceSummary, choicesOf } from "../../bench/choices.ts";
import { descriptorOf, describeLayer, layerMultiplyAdds, problemOf, shapeKey } from "../../bench/layer.ts";
import type { Measurement } from "../../bench/measurement.ts";
import { parseOptions, rowsOf } from "../../bench/options.ts";
import type { Result } from "../../bench/protocol.ts";
import { sampledLayers } from "../../bench/sampled.ts";
import { multiplyAdds } from "../../src/problem/problem.ts";

describe("sampled layers", () => {
  it("are the same for the same seed, and others for another", () => {
    expect(sampledLayers(7, 40)).toEqual(sampledLayers(7, 40));
    expect(sampledLayers(7, 60).slice(0, 40)).toEqual(sampledLayers(7, 40));
    const keys = new Set(sampledLayers(7, 40).map(shapeKey));
    expect(sampledLayers(8, 40).filter((one) => keys.has(shapeKey(one))).length).toBeLessThan(10);
  });

  it("are problems that take a software adapter no second, and cover what the lists of layers lack", () => {
    const layers = sampledLayers(3, 200);
    for (const layer of layers) {
      const problem = problemOf(layer.pass, descriptorOf(layer, layer.pass, parseOptions([])));
      expect(multiplyAdds(problem), describeLayer(layer)).toBe(layerMultiplyAdds(layer));
      expect(multiplyAdds(problem)).toBeLessThanOrEqual(2.5e8);
    }
    const count = (is: (layer: (typeof layers)[number]) => boolean): number => layers.filter(is).length;
    expect(count(({ groups, channels, stride }) => groups === channels && stride === 2)).toBeGreaterThan(3);
    expect(count(({ dilation }) => dilation === 4)).toBeGreaterThan(3);
    expect(count(({ pass }) => pass === "transposed")).toBeGreaterThan(3);
    expect(count(({ pass }) => pass.startsWith("backward"))).toBeGreaterThan(10);
    expect(count(({ channels }) => Math.log2(channels) % 1 !== 0)).toBeGreaterThan(100);
    for (const batch of [2, 4, 8]) expect(count((layer) => layer.batch === batch)).toBeGreaterThan(5);
  });

  it("are the rows of their suite, by seed, count and id", () => {
    const options = parseOptions(["--suite", "sampled", "--seed", "5", "--count", "9"]);
    expect(rowsOf(options).map(({ layer }) => layer)).toEqual(sampledLayers(5, 9));
    const { id } = sampledLayers(5, 9)[3]!;
    expect(rowsOf(parseOptions(`--suite sampled --seed 5 --count 9 --layers ${id}`.split(" ")))).toHaveLength(1);
    expect(() => parseOptions(["--seed", "5"])).toThrow(
      "--seed cannot go with --suite layers: it is about the suite sampled",
    );
  });

  it("bring their batches along", () => {
    const layer = sampledLayers(3, 100).find((one) => one.batch === 4 && one.pass === "forward")!;
    const { inputShape } = descriptorOf(layer, "forward", { batch: 2, layout: "channels-first", dtype: "f32" });
    expect(inputShape[0]).toBe(8);
    expect(describeLayer(layer)).toContain("batch 4");
  });
});

describe("the planner's choices", () => {
  const [one, other, third] = sampledLayers(1, 3);
  const measured = (
    layer: typeof one,
    algorithm: string,
    milliseconds: number,
    more: Partial<Result>,
  ): Measurement => ({
    ...{ layer: layer!, pass: layer!.pass },
    result: { algorithm, variant: "v", flops: 1, bytes: 1, milliseconds, samples: [milliseconds], ...more },
  });
  const measurements = [
    measured(one, "direct", 10, {}),
    measured(one, "winograd", 10.5, { chosen: true }),
    measured(other, "fft", 14, { chosen: true }),
    measured(other, "direct", 10, {}),
    measured(third, "direct", 10, { samples: [10, 13, 10] }),
    measured(third, "fft", 30, { chosen: true }),
  ];

  it("are beside the fastest, the worst first, and uncertain times are left out", () => {
    const { choices, leftOut } = choicesOf(measurements);
    expect(choices.map(({ quotient }) => quotient)).toEqual([1.4, 1.05]);
    expect(leftOut).toBe(1);
    expect(choiceSummary(measurements)).toEqual([
      "the planner's choices: within 10 % of the fastest on 50.0 % of 2 layers, at most 1.40 times; 1 left out, whose times are uncertain",
      `  1.40 times: ${other!.id} ${other!.pass} by fft/v, fastest direct/v`,
    ]);
  });
});
