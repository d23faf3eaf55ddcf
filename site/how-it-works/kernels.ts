// The small map and the kernels of the second part, with values that float32 must round.
import { random } from "./values.ts";

export const KERNELS = ["tenths", "blur", "gaussian", "edges", "sobel"] as const;
export type KernelName = (typeof KERNELS)[number];

/** Cells along a side of the map. */
export const SIDE = 6;

const FIXED: Record<Exclude<KernelName, "tenths">, number[][]> = {
  blur: Array.from({ length: 3 }, () => [1 / 9, 1 / 9, 1 / 9]),
  gaussian: [
    [1 / 16, 1 / 8, 1 / 16],
    [1 / 8, 1 / 4, 1 / 8],
    [1 / 16, 1 / 8, 1 / 16],
  ],
  edges: [
    [0, -1, 0],
    [-1, 4, -1],
    [0, -1, 0],
  ],
  sobel: [
    [-1, 0, 1],
    [-2, 0, 2],
    [-1, 0, 1],
  ],
};

/** Tenths from −2 to 2 without 0, since a zero weight explains nothing. */
function tenths(side: number, seed: number): number[][] {
  const next = random(seed);
  const one = (): number => {
    const value = Math.floor(next() * 40) - 20;
    return Math.fround((value >= 0 ? value + 1 : value) / 10);
  };
  return Array.from({ length: side }, () => Array.from({ length: side }, one));
}

/** The map, rounded to float32. */
export function smallMap(seed: number): number[][] {
  return tenths(SIDE, seed);
}

/** The kernel, rounded to float32. */
export function smallKernel(name: KernelName, seed: number): number[][] {
  return name === "tenths" ? tenths(3, seed + 500) : FIXED[name].map((row) => row.map(Math.fround));
}
