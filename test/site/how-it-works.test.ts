// The arithmetic of the explaining page, compared with the reference.
import { describe, expect, it } from "vitest";
import { indexOf, placeAt } from "../../site/how-it-works/choice.ts";
import { dft, fourier, inverse } from "../../site/how-it-works/dft.ts";
import { direct, directExact } from "../../site/how-it-works/direct.ts";
import { figures } from "../../site/how-it-works/figures.ts";
import {
  type Geometry,
  MODES,
  extent,
  gather,
  multiplyAdds,
  outputSize,
  parameters,
  refusal,
  scatter,
} from "../../site/how-it-works/geometry.ts";
import { im2col } from "../../site/how-it-works/im2col.ts";
import { KERNELS, SIDE, smallKernel, smallMap } from "../../site/how-it-works/kernels.ts";
import { largestDifference, multiply, tabulate, transpose } from "../../site/how-it-works/matrix.ts";
import { PLAIN } from "../../site/how-it-works/presets.ts";
import { type Layer, cone, reaches } from "../../site/how-it-works/receptive.ts";
import { readState, writeState } from "../../site/how-it-works/state.ts";
import { factors, makeValues, outputs, plain } from "../../site/how-it-works/values.ts";
import { A_T, B_T, G, winograd } from "../../site/how-it-works/winograd.ts";
import { ConvError, conv, convTranspose } from "../../src/reference.ts";

/** The combinations of options that the page offers, thinned by a step coprime to the counts, so that each pair of values occurs. */
function* geometries(): Generator<Geometry> {
  let index = 0;
  for (const transposed of [false, true])
    for (const mode of MODES)
      for (const size of [3, 6, 10])
        for (const kernel of [1, 2, 3, 5])
          for (const stride of [1, 2, 3])
            for (const dilation of [1, 2, 3])
              for (const padding of [0, 1, 3])
                for (const [channels, groups] of [
                  [1, 1],
                  [2, 1],
                  [4, 2],
                  [4, 4],
                ] as const)
                  if (index++ % 13 === 0)
                    yield { size, kernel, stride, dilation, padding, mode, transposed, channels, groups };
}

/** The reference's result for a geometry, on the page's numbers. */
function reference(geometry: Geometry, seed: number): { data: Float64Array; shape: number[] } {
  const { size, kernel, stride, dilation, padding, mode, transposed, channels, groups } = geometry;
  const values = makeValues(geometry, seed);
  const each = channels / groups;
  const x: number[] = [];
  for (let channel = 0; channel < channels; channel++)
    for (let row = 0; row < size; row++)
      for (let column = 0; column < size; column++) x.push(values.input({ channel, row, column }));
  const w: number[] = [];
  for (let outer = 0; outer < channels; outer++)
    for (let inner = 0; inner < each; inner++) {
      const other = Math.floor(outer / each) * each + inner;
      const [input, output] = transposed ? [outer, other] : [other, outer];
      for (let r = 0; r < kernel; r++)
        for (let s = 0; s < kernel; s++)
          w.push(values.weight({ tap: [r, s], read: { channel: input }, output: { channel: output } }));
    }
  const input = { data: x, shape: [1, channels, size, size] };
  const weights = { data: w, shape: [channels, each, kernel, kernel] };
  const options = { stride, dilation, padding, groups };
  return transposed ? convTranspose(input, weights, options) : conv(input, weights, { ...options, paddingMode: mode });
}

describe("geometry", () => {
  it("gives the outputs of the reference, or refuses like it", () => {
    let made = 0;
    for (const geometry of geometries()) {
      let expected: ReturnType<typeof reference> | undefined;
      try {
        expected = reference(geometry, 7);
      } catch (error) {
        expect(error).toBeInstanceOf(ConvError);
      }
      const refused = refusal(geometry);
      if (!expected) {
        expect(refused, JSON.stringify(geometry)).toBeDefined();
        continue;
      }
      const side = outputSize(geometry);
      expect([1, geometry.channels, side, side]).toEqual(expected.shape);
      // Only the drawing adds a limit.
      if (refused !== undefined) expect(refused).toContain("too large to draw");
      else expect(outputs(geometry, makeValues(geometry, 7)).flat(2)).toEqual([...expected.data].map((y) => y + 0));
      made++;
    }
    expect(made).toBeGreaterThan(100);
  });

  it("scatters the same products that it gathers", () => {
    for (const geometry of [
      { ...PLAIN, size: 5, padding: 2, mode: "reflect" as const },
      { ...PLAIN, stride: 2, mode: "circular" as const, channels: 4, groups: 2 },
      { ...PLAIN, size: 4, stride: 2, transposed: true },
    ]) {
      const values = makeValues(geometry, 3);
      const sums = outputs(geometry, values).map((map) => map.map((row) => row.map(() => 0)));
      for (let index = 0; index < geometry.channels * geometry.size ** 2; index++)
        for (const product of scatter(geometry, placeAt(geometry, "input", index))) {
          const { input, weight } = factors(values, product);
          const { channel, row, column } = product.output;
          sums[channel]![row]![column]! += input * weight;
        }
      expect(sums).toEqual(outputs(geometry, values));
    }
  });

  it("reads the cells under the window", () => {
    const geometry = { ...PLAIN, size: 8, stride: 2, dilation: 2, padding: 1 };
    expect(extent(geometry)).toBe(5);
    expect(outputSize(geometry)).toBe(3);
    const reads = gather(geometry, { channel: 0, row: 1, column: 2 }).map(({ read }) => [read.row, read.column]);
    expect(reads).toEqual([1, 3, 5].flatMap((row) => [3, 5, 7].map((column) => [row, column])));
    expect(gather({ ...PLAIN, padding: 2, mode: "reflect" }, { channel: 0, row: 0, column: 0 })[0]!.source).toEqual({
      channel: 0,
      row: 2,
      column: 2,
    });
  });

  it("counts weights and products", () => {
    const grouped = { ...PLAIN, channels: 4, groups: 2 };
    expect(parameters(grouped)).toBe(4 * 2 * 9);
    expect(multiplyAdds(grouped)).toBe(4 * 2 * 9 * 36);
    expect(multiplyAdds({ ...PLAIN, size: 4, stride: 2, transposed: true })).toBe(9 * 16);
  });

  it("writes formulas that evaluate to their results", () => {
    for (const geometry of geometries()) {
      if (refusal(geometry) !== undefined) continue;
      for (const { numbers, result } of figures(geometry)) {
        const script = numbers
          .replaceAll("−", "-")
          .replaceAll("·", "*")
          .replaceAll("²", "**2")
          .replace("⌊", "Math.floor(")
          .replace("⌋", ")");
        // oxlint-disable-next-line no-implied-eval, typescript/no-implied-eval -- The text is this page's own formula.
        expect((new Function(`return ${script}`) as () => number)(), numbers).toBe(result);
      }
    }
  });
});

it("goes through the cells of all channels in order", () => {
  const geometry = { ...PLAIN, channels: 2 };
  for (const index of [0, 7, 35, 36, 71]) {
    const cell = placeAt(geometry, "output", index);
    expect(indexOf(geometry, { side: "output", cell })).toBe(index);
  }
  expect(placeAt(geometry, "output", 43)).toEqual({ channel: 1, row: 1, column: 1 });
});

describe("receptive field", () => {
  const layer = (kernel: number, stride = 1, dilation = 1): Layer => ({ kernel, stride, dilation });

  it("spans the cells that the last output depends on", () => {
    expect(reaches([layer(3), layer(3), layer(3)]).map(({ field }) => field)).toEqual([3, 5, 7]);
    // The stem of ResNet: 7x7 at stride 2, then 3x3 pooling at stride 2.
    expect(reaches([layer(7, 2), layer(3, 2)])).toEqual([
      { field: 7, jump: 2 },
      { field: 11, jump: 4 },
    ]);
    for (const layers of [[layer(3, 2), layer(5, 1, 2), layer(2, 3)], [layer(1)], [layer(3, 1, 8), layer(3, 2, 4)]]) {
      const cells = cone(layers)[0]!;
      expect(cells[0]).toBe(0);
      expect(cells.at(-1)! + 1).toBe(reaches(layers).at(-1)!.field);
    }
  });

  it("has holes where stride or dilation skips cells", () => {
    expect(cone([layer(3, 1, 2)])).toEqual([[0, 2, 4], [0]]);
    expect(cone([])).toEqual([[0]]);
  });
});

describe("four ways", () => {
  it.each(KERNELS.flatMap((kernel) => [1, 2].map((dilation) => [kernel, dilation] as const)))(
    "agree on %s with dilation %i",
    (name, dilation) => {
      for (let seed = 0; seed < 20; seed++) {
        const [x, w] = [smallMap(seed), smallKernel(name, seed)];
        const expected = conv(
          { data: x.flat(), shape: [1, 1, SIDE, SIDE] },
          { data: w.flat(), shape: [1, 1, 3, 3] },
          { dilation },
        );
        const exact = directExact(x, w, dilation);
        exact.flat().forEach((value, i) => expect(value).toBeCloseTo(expected.data[i]!, 12));
        expect(largestDifference(direct(x, w, dilation), exact)).toBeLessThan(2e-6);
        expect(largestDifference(im2col(x, w, dilation).output, exact)).toBeLessThan(2e-6);
        expect(largestDifference(fourier(x, w, dilation).output, exact)).toBeLessThan(1e-5);
        if (dilation === 1) expect(largestDifference(winograd(x, w).output, exact)).toBeLessThan(1e-5);
      }
    },
  );

  it("compute in float32", () => {
    const [x, w] = [smallMap(1), smallKernel("tenths", 1)];
    for (const output of [direct(x, w, 1), im2col(x, w, 1).output, winograd(x, w).output, fourier(x, w, 1).output])
      for (const value of output.flat()) expect(Math.fround(value)).toBe(value);
  });

  it("have matrices that satisfy Winograd's identity", () => {
    // F(2, 3) in one dimension: Aᵀ [(G g) ⊙ (Bᵀ d)] is the sum, for every pair of unit vectors.
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 4; j++) {
        const g = multiply(
          G,
          tabulate(3, 1, (row) => Number(row === i)),
        );
        const d = multiply(
          B_T,
          tabulate(4, 1, (row) => Number(row === j)),
        );
        const y = multiply(
          A_T,
          g.map(([value], row) => [value! * d[row]![0]!]),
        );
        expect(y).toEqual([[Number(j === i) + 0], [Number(j === i + 1) + 0]]);
      }
    expect(transpose(transpose(G))).toEqual(G);
  });

  it("transform and invert", () => {
    const x = smallMap(2);
    expect(largestDifference(inverse(dft(x)), x)).toBeLessThan(1e-5);
    // Frequency 0 is the sum of all cells.
    expect(dft(x).re[0]![0]!).toBeCloseTo(
      x.flat().reduce((a, b) => a + b, 0),
      4,
    );
  });
});

describe("state", () => {
  it("is restored from its hash", () => {
    const hash = "#n=8&k=5&s=2&p=2&mode=reflect&c=4&g=2&view=scatter&cell=2.3.4&layers=3.1.1_5.2.4&w=sobel&wd=2&y=1.0";
    const state = readState(hash);
    expect(state.scene.geometry).toEqual({
      ...PLAIN,
      size: 8,
      kernel: 5,
      stride: 2,
      padding: 2,
      mode: "reflect",
      channels: 4,
      groups: 2,
    });
    expect(state.scene.choice).toEqual({ side: "input", cell: { channel: 2, row: 3, column: 4 } });
    expect(state.layers).toEqual([
      { kernel: 3, stride: 1, dilation: 1 },
      { kernel: 5, stride: 2, dilation: 4 },
    ]);
    expect(state.comparison).toMatchObject({ kernel: "sobel", dilation: 2, output: [1, 0] });
    expect(readState(writeState(state))).toEqual(state);
    expect(writeState(readState(""))).toBe("");
  });

  it("ignores values of a hash that are out of range", () => {
    expect(readState("#n=99&k=x&c=3&g=2&cell=x&mode=wrap&w=none&wd=7&y=5.5&seed=-1")).toEqual(readState(""));
    expect(readState("#main")).toEqual(readState(""));
    expect(readState("#layers=").layers).toEqual([]);
  });
});

it("prints numbers with a mathematical minus sign", () => {
  expect([1, -2, 0.5, -0.25, -0.001, 1 / 3].map((value) => plain(value))).toEqual([
    "1",
    "−2",
    "0.5",
    "−0.25",
    "0",
    "0.33",
  ]);
});
