// The gradients as correlations: every product of the pass is computed once, every cell is written once, and no zero is multiplied.
import { type Arbitrary, assert, boolean, integer, property, record } from "fast-check";
import { describe, expect, it } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import type { Correlation } from "../../src/problem/correlation.ts";
import { inputGradient, repeatsInput, weightGradient } from "../../src/problem/gradients.ts";
import { type ConvProblem, convProblem, multiplyAdds } from "../../src/problem/problem.ts";
import { eachPhase } from "../suite/phases.ts";

/** Every output of a correlation of one axis with the terms of its sum: indices into the buffers of its operands. */
function sums({
  x,
  w,
  y,
  kernel,
  output,
  input,
  stride,
  dilation,
  padBegin,
}: Correlation): Map<number, [number, number][]> {
  const all = new Map<number, [number, number][]>();
  for (let q = 0; q < output[2]; q++) {
    const terms: [number, number][] = [];
    for (let s = 0; s < kernel[2]; s++) {
      const cell = q * stride[2] + s * dilation[2] - padBegin[2];
      if (cell < 0 || cell >= input[2]) continue;
      terms.push([x.start + cell * x.spatial[2], w.start + s * w.taps[2]]);
    }
    all.set(y.start + q * y.spatial[2], terms);
  }
  return all;
}

/** The products of the forward pass: input cell, tap, output. */
function products({
  input,
  kernel,
  output,
  stride,
  dilation,
  padBegin,
  flipped,
}: ConvProblem): [number, number, number][] {
  const all: [number, number, number][] = [];
  for (let q = 0; q < output[2]; q++) {
    for (let s = 0; s < kernel[2]; s++) {
      const cell = q * stride[2] + (flipped ? kernel[2] - 1 - s : s) * dilation[2] - padBegin[2];
      if (cell >= 0 && cell < input[2]) all.push([cell, s, q]);
    }
  }
  return all;
}

const lines = record({
  size: integer({ min: 1, max: 12 }),
  kernel: integer({ min: 1, max: 6 }),
  stride: integer({ min: 1, max: 5 }),
  dilation: integer({ min: 1, max: 4 }),
  begin: integer({ min: 0, max: 5 }),
  end: integer({ min: 0, max: 5 }),
  flipped: boolean(),
}).filter(({ size, kernel, dilation, begin, end }) => size + begin + end >= (kernel - 1) * dilation + 1);

const problemOf = (
  pass: "backward-data" | "backward-weights",
  line: typeof lines extends Arbitrary<infer T> ? T : never,
) =>
  convProblem(pass, {
    inputShape: [1, 1, line.size],
    kernelShape: [1, 1, line.kernel],
    stride: line.stride,
    dilation: line.dilation,
    padding: [[line.begin, line.end]],
    mode: line.flipped ? "convolution" : "cross-correlation",
  });

const sorted = (pairs: readonly (readonly number[])[]): string[] => pairs.map((pair) => pair.join(" ")).toSorted();

describe("inputGradient", () => {
  it("computes every product once, and writes every cell once or fills it first", () => {
    assert(
      property(lines, (line) => {
        const problem = problemOf("backward-data", line);
        for (const even of [false, true]) {
          const { correlations, fills } = inputGradient(problem, even);
          const made: [number, number, number][] = [];
          const written: number[] = [];
          for (const phase of correlations.flatMap(eachPhase)) {
            for (const [cell, terms] of sums(phase)) {
              written.push(cell);
              for (const [output, tap] of terms) made.push([cell, tap, output]);
            }
          }
          expect(sorted(made)).toEqual(sorted(products(problem)));
          const cells = new Set(written);
          expect(cells.size).toBe(written.length);
          expect(Math.max(0, ...cells)).toBeLessThan(line.size);
          expect(fills).toBe(cells.size < line.size);
          // Every output is a cell.
          if (even) expect(correlations.reduce((sum, { K, output }) => sum + K * output[2], 0)).toBe(written.length);
        }
      }),
    );
  });

  it("splits a strided gradient into as many dense phases, whose taps are those of the kernel", () => {
    const { correlations: phases, fills } = inputGradient(
      convProblem("backward-data", { inputShape: [1, 4, 9, 9], kernelShape: [6, 4, 3, 3], stride: 2, padding: 1 }),
    );
    expect(phases.map(({ kernel }) => kernel)).toEqual([
      [1, 2, 2],
      [1, 2, 1],
      [1, 1, 2],
      [1, 1, 1],
    ]);
    expect(phases.reduce((sum, { kernel }) => sum + elementCount(kernel), 0)).toBe(9);
    expect(fills).toBe(false);
  });

  it("computes the phases of as many taps by one correlation, and by more if none is to compute anything beyond the edges", () => {
    const problem = convProblem("backward-data", {
      ...{ inputShape: [1, 32, 56, 56], kernelShape: [64, 32, 4, 4], stride: 2, padding: 1 },
    });
    const [few, even] = [inputGradient(problem).correlations, inputGradient(problem, true).correlations];
    expect(few.map(({ K, kernel, output }) => [K, kernel, output])).toEqual([[128, [1, 2, 2], [1, 29, 29]]]);
    expect(even.map(({ K, kernel, output }) => [K, kernel, output])).toEqual(
      Array.from({ length: 4 }, () => [32, [1, 2, 2], [1, 28, 28]]),
    );
    expect(even.reduce((sum, c) => sum + multiplyAdds(c), 0)).toBe(multiplyAdds(problem));
  });

  it("leaves cells to be filled where the stride skips them, in one go", () => {
    const { correlations, fills } = inputGradient(
      convProblem("backward-data", { inputShape: [1, 1, 7, 7], kernelShape: [1, 1, 1, 1], stride: 3 }),
    );
    expect(correlations.length).toBe(1);
    expect(fills).toBe(true);
  });

  it("is that of the padded input if the border repeats the input", () => {
    const problem = convProblem("backward-data", {
      ...{ inputShape: [1, 1, 7, 7], kernelShape: [1, 1, 3, 3], padding: 1, paddingMode: "reflect" },
      activation: "relu",
    });
    const { correlations: phases } = inputGradient(problem);
    expect(repeatsInput(problem)).toBe(true);
    expect(phases[0]).toMatchObject({ output: [1, 9, 9], y: { operand: "padded" }, epilogue: { bias: false } });
    // The epilogue is that of the folded sum.
    expect(phases[0]!.epilogue.activation.name).toBe("none");
  });
});

describe("weightGradient", () => {
  it("computes every product once, and a sum for every tap", () => {
    assert(
      property(lines, (line) => {
        const problem = problemOf("backward-weights", line);
        const made: [number, number, number][] = [];
        const all = sums(weightGradient(problem));
        for (const [tap, terms] of all) for (const [cell, output] of terms) made.push([cell, tap, output]);
        expect(sorted(made)).toEqual(sorted(products(problem)));
        expect([...all.keys()].toSorted((a, b) => a - b)).toEqual(Array.from({ length: line.kernel }, (_, tap) => tap));
      }),
    );
  });
});
