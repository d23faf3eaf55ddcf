// The parts of the photo example that need no browser: its kernels, error check, clock, pictures and table.
import { describe, expect, it } from "vitest";
import { checkResult, gamma } from "../../examples/photo/check.ts";
import { FILTERS, gaussian } from "../../examples/photo/filters.ts";
import { ALEXNET_LAYER, gabor } from "../../examples/photo/layers.ts";
import { median, timeRun } from "../../examples/photo/measure.ts";
import { seededNormals } from "../../examples/photo/normals.ts";
import { gridLayout, pictureOf, planesOf } from "../../examples/photo/pictures.ts";
import { describeAdapter, isSoftware } from "../../scripts/harness/adapter.ts";
import { formatBytes, formatNumber, formatTable } from "../../scripts/harness/table.ts";
import { convProblem } from "../../src/problem/problem.ts";

// Weights are rounded to float32, and so is each sum of up to 961 of them: far less than 1e-5 in all.
const ROUNDING = 1e-5;

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);

describe("filters", () => {
  it.each(FILTERS.map((filter) => [filter.name, filter] as const))(
    "%s is a convolution of a photograph",
    (_, filter) => {
      const problem = convProblem("forward", {
        inputShape: [1, 3, 300, 451],
        kernelShape: filter.kernelShape,
        ...filter.geometry,
      });
      expect(filter.kernel.length).toBe(filter.kernelShape.reduce((a, b) => a * b));
      const strided = filter.name === "alexnet";
      expect(problem.output).toEqual(strided ? [1, 74, 112] : [1, 300, 451]);
    },
  );

  it.each([
    ["gaussian-5x5", 1],
    ["sharpen", 1],
    ["emboss", 0],
    ["blur-31x31", 1],
  ])("%s sums to %d in each channel", (name, total) => {
    const { kernel } = FILTERS.find((filter) => filter.name === name)!;
    const cells = kernel.length / 3;
    for (let channel = 0; channel < 3; channel++) {
      expect(Math.abs(sum(kernel.subarray(channel * cells, (channel + 1) * cells)) - total)).toBeLessThan(ROUNDING);
    }
  });

  it("has the Gaussian of the lectures", () => {
    const { kernel } = FILTERS[0]!;
    expect(kernel[12]).toBe(Math.fround(41 / 273));
    expect(kernel[0]).toBe(Math.fround(1 / 273));
    expect(kernel[25 + 6]).toBe(Math.fround(16 / 273));
  });

  it("weighs the Sobel derivatives by luminance", () => {
    const { kernel } = FILTERS.find((filter) => filter.name === "sobel")!;
    expect(kernel[9 + 5]).toBe(Math.fround(2 * 0.587));
    expect(kernel[27 + 18 + 7]).toBe(Math.fround(2 * 0.114));
  });

  it("makes Gaussians that are symmetric and fall from the middle", () => {
    const rows = gaussian(5);
    expect(rows[2]![2]).toBeGreaterThan(rows[2]![1]!);
    expect(rows[1]![0]).toBe(rows[3]![4]);
  });
});

describe("network layers", () => {
  it("makes Gabor functions that ignore brightness and follow their orientation", () => {
    const upright = gabor(11, 0, 5, 0, true);
    expect(Math.abs(sum(upright))).toBeLessThan(1e-12); // 121 terms below 1, each rounded to 2^-53
    const across = gabor(11, Math.PI / 2, 5, 0, true);
    for (let row = 0; row < 11; row++) {
      for (let column = 0; column < 11; column++) {
        expect(upright[row * 11 + column]).toBeCloseTo(across[column * 11 + row]!, 12);
      }
    }
  });

  it("gives AlexNet 96 different filters", () => {
    const filters = new Set<string>();
    for (let k = 0; k < 96; k++) filters.add(ALEXNET_LAYER.kernel.subarray(k * 363, (k + 1) * 363).join());
    expect(filters.size).toBe(96);
  });

  it("draws normal numbers that a seed decides", () => {
    const numbers = seededNormals(10_000, 7);
    expect(numbers).toEqual(seededNormals(10_000, 7));
    expect(numbers).not.toEqual(seededNormals(10_000, 8));
    // Standard errors are 0.01 of the mean and sqrt(2) * 0.01 of the variance: five of them.
    expect(Math.abs(sum(numbers) / 10_000)).toBeLessThan(0.05);
    expect(Math.abs(sum(numbers.map((value) => value * value)) / 10_000 - 1)).toBeLessThan(0.071);
  });
});

describe("checkResult", () => {
  const bound = gamma(25);

  it("measures the error in units of the bound", () => {
    const check = checkResult([1, 2 + 2 * bound], [1, 2], [1, 4], 25, 1);
    expect(check.multiple).toBeCloseTo(0.5, 6);
    expect(check.ok).toBe(true);
  });

  it("refuses what is over the bound, and allows the growth of an algorithm", () => {
    const y = [2 + 6 * bound];
    expect(checkResult(y, [2], [4], 25, 1).ok).toBe(false);
    expect(checkResult(y, [2], [4], 25, 2).ok).toBe(true);
  });

  it.each([NaN, Infinity, -Infinity])("refuses %d", (value) => {
    expect(checkResult([1, value], [1, 1], [1, 1], 25, 1)).toEqual({ multiple: Infinity, ok: false });
  });

  it("wants zero where all terms are zero", () => {
    expect(checkResult([0], [0], [0], 25, 1)).toEqual({ multiple: 0, ok: true });
    expect(checkResult([1e-30], [0], [0], 25, 1).ok).toBe(false);
    expect(checkResult([1e-30, 1], [0, 1], [0, 1], 25, 1, true).ok).toBe(true);
  });

  it("refuses a result of another size", () => {
    expect(() => checkResult([1], [1, 1], [1, 1], 25, 1)).toThrow("1 elements");
  });

  it("knows gamma", () => {
    expect(gamma(1)).toBe(2 ** -24 / (1 - 2 ** -24));
  });
});

describe("timeRun", () => {
  /** Times runs of the given length in a batch, and says how many runs each batch held. */
  async function simulate(msInBatch: (batch: number) => number): Promise<{ ms: number; batches: number[] }> {
    let clock = 0;
    let runs = 0;
    const batches: number[] = [];
    const finished = (): Promise<void> => {
      clock += runs * msInBatch(batches.length);
      batches.push(runs);
      runs = 0;
      return Promise.resolve();
    };
    const ms = await timeRun(
      () => {
        runs++;
      },
      finished,
      () => clock,
    );
    return { ms, batches };
  }

  it("takes the median over five batches of several runs", async () => {
    const disturbed = await simulate((batch) => (batch === 2 ? 90 : 10));
    expect(disturbed).toEqual({ ms: 10, batches: [1, 5, 5, 5, 5, 5] });
  });

  it("runs what is slow one at a time, and what is very slow twice", async () => {
    expect(await simulate((batch) => 100 + batch)).toEqual({ ms: 102, batches: [1, 1, 1, 1, 1] });
    expect(await simulate((batch) => 8000 + batch)).toEqual({ ms: 8000.5, batches: [1, 1] });
  });

  it("finds the middle", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 7])).toBe(6);
  });
});

describe("pictures", () => {
  const pixel = (rgba: Uint8ClampedArray, index: number): number[] => [...rgba.subarray(4 * index, 4 * index + 4)];

  it("takes planes from pixels and gives them back", () => {
    const rgba = Uint8ClampedArray.of(10, 20, 30, 255, 255, 0, 128, 255);
    const planes = planesOf(rgba, 2);
    expect(planes[1]).toBe(1);
    expect(planes[2]).toBe(Math.fround(20 / 255));
    expect(pictureOf("photo", planes, 2, 1).rgba).toEqual(rgba);
  });

  it("clamps what is out of range", () => {
    const { rgba } = pictureOf("photo", Float32Array.of(2, -1, 0.5), 1, 1);
    expect(pixel(rgba, 0)).toEqual([255, 0, 128, 255]);
  });

  it("shows a relief about mid-grey", () => {
    expect(pixel(pictureOf("relief", new Float32Array(3), 1, 1).rgba, 0)).toEqual([128, 128, 128, 255]);
  });

  it("shows the length of a gradient, the longest white", () => {
    const { rgba } = pictureOf("gradient", Float32Array.of(3, 0, 4, -1), 2, 1);
    expect(pixel(rgba, 0)).toEqual([255, 255, 255, 255]);
    expect(pixel(rgba, 1)).toEqual([51, 51, 51, 255]);
  });

  it("shows each map on its own scale, in a grid", () => {
    // Four maps of 4x2, each with its greatest value at a place of its own.
    const maps = Float32Array.from({ length: 32 }, (_, index) => (index % 8 === Math.floor(index / 8) ? 7 : -1));
    const picture = pictureOf("maps", maps, 4, 2);
    expect([picture.width, picture.height]).toEqual([10, 6]);
    const bright = [...Array(60).keys()].filter((index) => picture.rgba[4 * index] === 255);
    expect(bright).toEqual([0, 7, 42, 49]);
    expect(pixel(picture.rgba, 4)).toEqual([24, 24, 24, 255]);
  });

  it("lays out grids that fill up and look like a photograph", () => {
    expect(gridLayout(96, 112, 74)).toMatchObject({ columns: 8, rows: 12, shrink: 1 });
    expect(gridLayout(64, 451, 300)).toMatchObject({ columns: 8, rows: 8, shrink: 3, tile: [150, 100] });
    expect(gridLayout(64, 451, 300).width).toBeLessThanOrEqual(1600);
    expect(gridLayout(1, 5, 5)).toMatchObject({ columns: 1, rows: 1, width: 5, height: 5 });
  });

  it("does not let a few extreme cells take the contrast of a map", () => {
    const ramp = Float32Array.from({ length: 1000 }, (_, index) => index);
    ramp[999] = 1e6;
    const { rgba } = pictureOf("maps", ramp, 1000, 1);
    expect([rgba[0], rgba[4 * 999]]).toEqual([0, 255]);
    expect(Math.abs(rgba[4 * 500]! - 127.5)).toBeLessThan(2);
  });

  it("shows black where a map is the same everywhere", () => {
    expect(pixel(pictureOf("maps", Float32Array.of(3, 3), 2, 1).rgba, 0)).toEqual([0, 0, 0, 255]);
  });
});

describe("table", () => {
  it("aligns columns", () => {
    const table = formatTable(
      [
        { title: "filter", align: "left" },
        { title: "ms", align: "right" },
      ],
      [
        ["blur", "12.0"],
        ["edge finder", "3"],
      ],
    );
    expect(table.split("\n")).toEqual([
      "filter         ms",
      "-----------  ----",
      "blur         12.0",
      "edge finder     3",
    ]);
  });

  it.each([
    [0, "0.00"],
    [0.123456, "0.123"],
    [0.00012, "1.2e-4"],
    [12.345, "12.3"],
    [1234.5, "1235"],
    [Infinity, "Infinity"],
  ])("writes %d as %s", (value, text) => expect(formatNumber(value)).toBe(text));

  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [1.5 * 2 ** 20, "1.5 MiB"],
    [2 ** 41, "2048.0 GiB"],
  ])("writes %d bytes as %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it("tells software from GPUs", () => {
    const none = { vendor: "", architecture: "", device: "", description: "", isFallback: false };
    expect(isSoftware({ ...none, vendor: "google", architecture: "swiftshader" })).toBe(true);
    expect(isSoftware({ ...none, description: "llvmpipe (LLVM 15)" })).toBe(true);
    expect(isSoftware({ ...none, isFallback: true })).toBe(true);
    expect(isSoftware({ ...none, vendor: "nvidia", architecture: "hopper" })).toBe(false);
    expect(describeAdapter(none)).toBe("unnamed (GPU)");
    expect(describeAdapter({ ...none, vendor: "a", device: "a", description: "b" })).toBe("a b (GPU)");
  });
});
