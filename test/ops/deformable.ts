// The tested cases of deformable convolution.
import type { DeformableOptions } from "../../src/ops/deformable-conv/geometry.ts";
import { deformableOf, deformableShapes } from "../../src/ops/deformable-conv/geometry.ts";
import { generator } from "../suite/random.ts";

export interface DeformableCase {
  readonly name: string;
  /** [N, C, H, W] */
  readonly x: readonly number[];
  /** [K, C/groups, R, S] */
  readonly w: readonly number[];
  readonly options: DeformableOptions;
  readonly masked: boolean;
  /** The largest offset of a sample, in cells. */
  readonly reach: number;
}

export const DEFORMABLE: readonly DeformableCase[] = [
  { name: "3x3, padded", x: [2, 3, 6, 7], w: [5, 3, 3, 3], options: { padding: 1 }, masked: false, reach: 2 },
  {
    name: "2x3, masked, stride, dilation, groups",
    x: [1, 8, 9, 8],
    w: [4, 4, 2, 3],
    options: { padding: [2, 1], stride: [2, 1], dilation: [1, 2], groups: 2, offsetGroups: 4 },
    masked: true,
    reach: 3,
  },
  {
    name: "offsets past every border",
    x: [2, 5, 4, 3],
    w: [1, 5, 3, 3],
    options: {
      padding: [
        [0, 2],
        [1, 1],
      ],
    },
    masked: true,
    reach: 6,
  },
];

/** The channels-first shapes of the other tensors of a case. */
export function deformableInputs({ x, w, options }: DeformableCase) {
  return deformableShapes(deformableOf(x, w, "channels-first", options));
}

/** Multiples of 1/8 within reach: positions are exact in every element type, and some are exactly on cells. */
export function eighths(reach: number) {
  return (count: number, seed: number): Float32Array => {
    const next = generator(seed);
    return Float32Array.from({ length: count }, () => ((next() % (16 * reach + 1)) - 8 * reach) / 8);
  };
}
