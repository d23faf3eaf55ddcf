// Maps and bins that adaptive pooling is tested with.
export interface AdaptiveMap {
  readonly name: string;
  /** [N, C, ...spatial] */
  readonly shape: readonly number[];
  readonly outputSize: number | readonly number[];
}

export const ADAPTIVE_MAPS: readonly AdaptiveMap[] = [
  { name: "1-D, overlapping bins", shape: [2, 3, 10], outputSize: 4 },
  { name: "2-D, one bin", shape: [2, 3, 5, 7], outputSize: 1 },
  // More cells than one invocation reduces.
  { name: "2-D, one large bin", shape: [2, 4, 13, 17], outputSize: 1 },
  { name: "2-D, large bins", shape: [1, 3, 26, 31], outputSize: [2, 2] },
  { name: "2-D, even bins", shape: [1, 4, 6, 9], outputSize: [3, 3] },
  { name: "2-D, bins of either kind", shape: [2, 5, 7, 8], outputSize: [3, 4] },
  { name: "2-D, more bins than cells", shape: [1, 4, 3, 5], outputSize: [7, 6] },
  { name: "2-D, so many bins that an invocation reduces several", shape: [1, 64, 33, 35], outputSize: [16, 18] },
  { name: "3-D", shape: [1, 2, 4, 5, 6], outputSize: [2, 3, 4] },
];
