// The options of covariance pooling: its windows, and its pairs of channels.
import { refuse } from "../../base/error.ts";
import { checkBoolean } from "../../base/validate.ts";
import { binned, evenBins } from "../shared/geometry/bins.ts";
import { type FeatureMap, mapOfShape, shapeOf } from "../shared/geometry/feature-map.ts";
import { WINDOW_KEYS, type WindowOptions, type Windows, windowsOf } from "../shared/geometry/windows.ts";

/** The options of the windows; without any of them, one window covers the whole map. */
export interface CovariancePoolOptions extends Partial<WindowOptions> {
  /** Whether to subtract the mean of each channel; true by default. If false, the results are second moments. */
  centered?: boolean;
}

export const COVARIANCE_POOL_KEYS = [...WINDOW_KEYS, "centered"] as const;

/** The windows and the result of covariance pooling. */
export interface Covariances {
  readonly windows: Windows;
  readonly centered: boolean;
  /** The map of the results, whose channels are the pairs. */
  readonly output: FeatureMap;
}

/** @throws ConvError naming the invalid option */
export function covariancesOf(map: FeatureMap, options: CovariancePoolOptions): Covariances {
  const { kernelSize, centered = true, ...others } = options;
  const windows = kernelSize === undefined ? wholeMap(map, others) : windowsOf(map, { ...others, kernelSize });
  const pairs = (map.channels * (map.channels + 1)) / 2;
  const output = { ...map, channels: pairs, size: windows.output };
  // Refuses a result that is too large.
  mapOfShape("the result's shape", shapeOf(output), map.layout);
  return { windows, centered: checkBoolean("centered", centered), output };
}

/** One window of all cells. */
function wholeMap(map: FeatureMap, others: object): Windows {
  for (const [key, value] of Object.entries(others))
    if (value !== undefined && key !== "layout")
      refuse("invalid-argument", key, value, "no value without kernelSize, when the window is the whole map");
  return evenBins(map, binned(map, { outputSize: 1 }))!;
}

/** The index of the pair of channels a <= b in the upper triangle of a matrix, row by row. */
export function pairOf(a: number, b: number, channels: number): number {
  return a * channels - (a * (a + 1)) / 2 + b;
}
