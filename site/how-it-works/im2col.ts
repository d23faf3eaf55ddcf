// The convolution as one matrix product: rows of the values under each output's window, times the kernel as a column.
import { outputsAlong, windowOf } from "./direct.ts";
import { type Matrix, multiply, tabulate } from "./matrix.ts";

export interface Im2col {
  /** A row for each output, a column for each weight. */
  readonly rows: number[][];
  readonly kernel: number[][];
  /** The product: a row for each output. */
  readonly product: number[][];
  readonly output: number[][];
}

export function im2col(x: Matrix, w: Matrix, dilation: number): Im2col {
  const side = outputsAlong(x.length, w.length, dilation);
  const rows = Array.from({ length: side * side }, (_, i) =>
    windowOf(x, w.length, dilation, Math.floor(i / side), i % side),
  );
  const kernel = w.flat().map((value) => [value]);
  const product = multiply(rows, kernel);
  return { rows, kernel, product, output: tabulate(side, side, (row, column) => product[row * side + column]![0]!) };
}
