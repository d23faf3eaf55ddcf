// Where the windows of pooling lie: which of them hold no cell, and that finding them takes the same time whatever the sizes.
import { expect, test } from "vitest";
import { areAlike, binCells, binned, evenBins, mostCells } from "../../src/ops/shared/geometry/bins.ts";
import type { FeatureMap } from "../../src/ops/shared/geometry/feature-map.ts";
import { type WindowOptions, windowsOf } from "../../src/ops/shared/geometry/windows.ts";
import * as reference from "../../src/reference.ts";
import { refusal } from "../suite/refusal.ts";
import { stepsOf } from "../suite/steps.ts";

const mapOf = (cells: number): FeatureMap => ({
  N: 1,
  channels: 1,
  size: [1, 1, cells],
  rank: 1,
  layout: "channels-first",
});

/** The first window whose taps all lie beside the cells, by trying all taps of all windows. */
function firstEmpty(
  cells: number,
  { kernel, stride, dilation, padBegin, output }: ReturnType<typeof windowsOf>,
): number {
  return Array.from({ length: output[2] }, (_, window) =>
    Array.from({ length: kernel[2] }, (_tap, tap) => window * stride[2] - padBegin[2] + tap * dilation[2]).some(
      (cell) => cell >= 0 && cell < cells,
    ),
  ).indexOf(false);
}

test("refuses exactly the windows that hold no cell", () => {
  let refused = 0;
  for (const cells of [1, 2, 3, 5])
    for (const kernelSize of [1, 2, 3])
      for (const stride of [1, 2, 3])
        for (const dilation of [1, 2, 4, 7])
          for (const begin of [0, 1, 2, 4, 9])
            for (const end of [0, 2, 9])
              for (const ceilMode of [false, true]) {
                const options: WindowOptions = { kernelSize, stride, dilation, padding: [[begin, end]], ceilMode };
                if ((kernelSize - 1) * dilation + 1 > cells + begin + end) continue;
                const windows = windowsOf(mapOf(cells), options, true);
                const first = firstEmpty(cells, windows);
                const call = () => windowsOf(mapOf(cells), options);
                if (first < 0) expect(call()).toEqual(windows);
                else {
                  expect(refusal(call).expected).toContain(`window ${first} contains no cell`);
                  refused++;
                }
              }
  expect(refused).toBeGreaterThan(100);
});

test.each<[string, (map: FeatureMap) => unknown]>([
  ["windows", (map) => windowsOf(map, { kernelSize: 3, stride: 1, padding: 1, dilation: 2 })],
  ["windows, the last one cut off", (map) => windowsOf(map, { kernelSize: 4, stride: 3, ceilMode: true })],
  ["windows with a wide border", (map) => windowsOf(map, { kernelSize: 40, stride: 1, padding: "same" })],
  ["windows that may be empty", (map) => windowsOf(map, { kernelSize: 1, stride: 1, padding: 50 }, true)],
  ["bins", (map) => binned(map, { outputSize: 7 })],
  ["even bins", (map) => evenBins(map, { ...map, size: [1, 1, 20] })],
])("finds %s of a million cells in as many steps as of a hundred", async (_, find) => {
  find(mapOf(100));
  const few = await stepsOf(() => find(mapOf(100)));
  expect(few).toBeGreaterThan(0);
  expect(await stepsOf(() => find(mapOf(1_000_000)))).toBe(few);
});

test("windows that see only padding have no maximum but -Infinity, and the sum 0", () => {
  const x = { shape: [1, 1, 2], data: [-5, -7] };
  const options = { kernelSize: 2, stride: 1, padding: 2 };
  expect([...reference.maxPool(x, options).data]).toEqual([-Infinity, -5, -5, -7, -Infinity]);
  expect([...reference.averagePool(x, options).data]).toEqual([0, -2.5, -6, -3.5, 0]);
  expect([...reference.averagePool(x, { ...options, includePadding: false, divisor: 1 }).data]).toEqual([
    0, -5, -12, -7, 0,
  ]);
  expect([...reference.lpPool(x, { ...options, norm: 1, abs: true }).data]).toEqual([0, 5, 12, 7, 0]);
  for (const call of [
    () => reference.maxPoolWithIndices(x, options),
    () => reference.averagePool(x, { ...options, includePadding: false }),
    () => reference.gaussianPool(x, { ...options, sigma: 1 }),
    () => reference.covariancePool(x, options),
  ])
    expect(refusal(call)).toMatchObject({ argument: "padding (spatial axis 0)", code: "invalid-argument" });
});

test("knows the most cells of a bin, and whether all bins have as many", () => {
  for (let bins = 1; bins < 24; bins++)
    for (let cells = 1; cells < 24; cells++) {
      const sizes = Array.from({ length: bins }, (_, bin) => {
        const [first, end] = binCells(bin, bins, cells);
        return end - first;
      });
      const most = Math.max(...sizes);
      expect([mostCells(bins, cells), areAlike(bins, cells)], `${cells} cells in ${bins} bins`).toEqual([
        most,
        sizes.every((size) => size === most),
      ]);
    }
});
