// The tested cases of locally connected layers: every option, in one to three dimensions.
import type { LocalOptions } from "../../src/ops/locally-connected/geometry.ts";
import { localProblem, localShape } from "../../src/ops/locally-connected/geometry.ts";

export interface LocalCase {
  readonly name: string;
  /** [N, C, ...spatial] */
  readonly x: readonly number[];
  readonly K: number;
  readonly options: LocalOptions;
}

export const LOCAL_CASES: readonly LocalCase[] = [
  { name: "2-D 3x3, padded", x: [5, 3, 3, 4], K: 3, options: { kernelSize: 3, padding: 1 } },
  {
    name: "2-D 2x3, stride 2x1, dilation 1x2, groups",
    x: [2, 4, 7, 8],
    K: 6,
    options: {
      kernelSize: [2, 3],
      stride: [2, 1],
      dilation: [1, 2],
      groups: 2,
      padding: [
        [0, 1],
        [2, 1],
      ],
    },
  },
  { name: "1-D, stride 3", x: [3, 9, 11], K: 2, options: { kernelSize: 4, stride: 3, padding: "same" } },
  { name: "3-D 2x1x2", x: [1, 2, 3, 4, 3], K: 3, options: { kernelSize: [2, 1, 2], stride: [1, 2, 1] } },
];

/** The shapes of the weights of a case, channels first and last. */
export function localWeights({ x, K, options }: LocalCase) {
  const [N, C, ...spatial] = x as [number, number, ...number[]];
  return {
    shape: localShape(localProblem("x.shape", x, "channels-first", K, options)),
    last: localShape(localProblem("x.shape", [N, ...spatial, C], "channels-last", K, options)),
  };
}
