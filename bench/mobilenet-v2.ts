/** The bottlenecks of MobileNet v2 (Sandler et al., 2018, table 2), row by row: expansion, output channels, repetitions and the first stride. */
export const BOTTLENECKS = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;
