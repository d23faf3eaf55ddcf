// The sum by definition, over a map without padding: in float64, as the ground truth, and in float32.
import { type Matrix, dot, tabulate } from "./matrix.ts";

/** Outputs along a side. */
export function outputsAlong(size: number, kernel: number, dilation: number): number {
  return size - dilation * (kernel - 1);
}

/** Returns the values under the window of an output, row by row. */
export function windowOf(x: Matrix, kernel: number, dilation: number, row: number, column: number): number[] {
  return tabulate(kernel, kernel, (r, s) => x[row + r * dilation]![column + s * dilation]!).flat();
}

export function directExact(x: Matrix, w: Matrix, dilation: number): number[][] {
  const side = outputsAlong(x.length, w.length, dilation);
  const weights = w.flat();
  return tabulate(side, side, (row, column) =>
    windowOf(x, w.length, dilation, row, column).reduce((total, value, i) => total + value * weights[i]!, 0),
  );
}

export function direct(x: Matrix, w: Matrix, dilation: number): number[][] {
  const side = outputsAlong(x.length, w.length, dilation);
  const weights = w.flat();
  return tabulate(side, side, (row, column) => dot(windowOf(x, w.length, dilation, row, column), weights));
}
