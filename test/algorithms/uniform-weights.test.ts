// Weights bound as uniforms: the ranges of a product, and which devices get them.
import { describe, expect, it } from "vitest";
import type { Algorithm } from "../../src/algorithms/algorithm.ts";
import { uniformRanges } from "../../src/algorithms/gemm/uniform-weights.ts";
import type { DeviceTraits } from "../../src/algorithms/traits.ts";
import { algorithms } from "../../src/algorithms/uniforms.ts";
import { BINDING, STORAGE_ALIGNMENT } from "../../src/kernel/step.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { candidatesOf } from "../suite/candidates.ts";
import { BOUND } from "../suite/lavapipe.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

/** The default of maxUniformBufferBindingSize. */
const MOST_BYTES = 65_536;

const lavapipe = { ...SOFTWARE_TRAITS, ...BOUND };

/** [matrices, rows, columns, groups, shared] */
const CASES: [number, number, number, number, boolean][] = [
  [36, 96, 96, 1, false],
  [36, 24, 20, 1, false],
  [16, 144, 144, 1, false],
  [4, 64, 576, 1, true],
  [6, 16, 36, 3, true],
  [72, 16, 16, 2, false],
];

describe("the ranges of weights", () => {
  it.each(CASES)("%i products of %i x %i in %i groups (shared: %s)", (batch, M, row, groups, shared) => {
    const tileM = 16;
    const inner = M * row;
    const ranges = uniformRanges({ batch, M }, { row, inner, groups, shared }, tileM, MOST_BYTES)!;
    const covered = new Map<string, number>();
    for (const { firstBatch, batches, firstRow, tilesM, offset, size } of ranges) {
      expect(size).toBeLessThanOrEqual(MOST_BYTES);
      expect(offset % STORAGE_ALIGNMENT).toBe(0);
      for (let one = firstBatch; one < firstBatch + batches; one++) {
        for (let m = firstRow; m < Math.min(M, firstRow + tilesM * tileM); m++) {
          covered.set(`${one} ${m}`, (covered.get(`${one} ${m}`) ?? 0) + 1);
          const start = 4 * ((shared ? one % groups : one) * inner + m * row);
          expect(start).toBeGreaterThanOrEqual(offset);
          expect(start + 4 * row).toBeLessThanOrEqual(offset + size);
        }
      }
    }
    expect(covered.size).toBe(batch * M);
    expect(new Set(covered.values())).toEqual(new Set([1]));
  });

  it("gives up where a tile of rows does not fit, or the groups of images do not fit together", () => {
    expect(
      uniformRanges({ batch: 1, M: 64 }, { row: 2304, inner: 64 * 2304, groups: 1, shared: true }, 16, MOST_BYTES),
    ).toBe(undefined);
    expect(
      uniformRanges({ batch: 8, M: 64 }, { row: 288, inner: 64 * 288, groups: 4, shared: true }, 16, MOST_BYTES),
    ).toBe(undefined);
  });
});

describe("candidates with weights as uniforms", () => {
  const problem = convProblem("forward", { inputShape: [1, 48, 30, 30], kernelShape: [48, 48, 3, 3], padding: 1 });
  /** The steps that do not bind their whole operand: those that bind a range of weights. */
  const boundTo = (algorithm: Algorithm, device: DeviceTraits) =>
    candidatesOf(algorithm, problem, device).flatMap((one) =>
      one
        .plan()
        .steps.filter(({ kernel }) => kernel.shaders.some(({ text }) => /binding\([12]\) var<uniform>/.test(text)))
        .flatMap(({ bindings }) => bindings.filter(({ operand }) => operand === "prepared")),
    );

  it.each(["direct", "im2col", "winograd"])("%s binds ranges that fit, on adapters that gain by it alone", (name) => {
    const algorithm = algorithms.find((one) => one.name === name)!;
    const ranges = boundTo(algorithm, lavapipe);
    expect(ranges.length).toBeGreaterThan(0);
    for (const { size, binding } of ranges) {
      expect(size).toBeLessThanOrEqual(MOST_BYTES);
      expect(binding).toBe(name === "direct" ? BINDING.second : BINDING.first);
    }
    expect(boundTo(algorithm, { ...lavapipe, uniformBytes: undefined })).toEqual([]);
  });
});
