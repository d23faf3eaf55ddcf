// A 3x3 kernel over a 5x5 input, worked by hand, which every layer of the project is checked with.
export const KERNEL = [1, 3, 2, 1, 3, 3, 3, 1, 1];
export const INPUT = [1, 3, 2, 3, 3, 3, 1, 2, 1, 1, 3, 3, 3, 1, 2, 2, 2, 1, 2, 1, 2, 3, 2, 1, 2];
/** The result with padding 1 and stride 1. */
export const PADDING_1 = [
  [16, 28, 24, 28, 16],
  [27, 41, 38, 37, 21],
  [33, 40, 33, 25, 18],
  [32, 40, 37, 29, 17],
  [25, 27, 21, 20, 12],
].flat();
