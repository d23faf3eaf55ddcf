// im2col: the matrix of windows, the kernel as a column, and their product.
import { im2col } from "./im2col.ts";
import { type Problem, type Way, equation, matrixMap } from "./way.ts";

export function im2colWay({ x, w, dilation }: Problem): Way {
  const { rows, kernel, product, output } = im2col(x, w, dilation);
  const matrix = matrixMap("Matrix of windows: a row for each output", "input", rows);
  const column = matrixMap("Kernel as a column", "kernel", kernel);
  const result = matrixMap("Outputs as a column", "output", product);
  return {
    nodes: [
      equation([matrix, `windows, ${rows.length} × ${kernel.length}`], "·", [column, "kernel"], "=", [
        result,
        "output",
      ]),
    ],
    output,
    products: `${rows.length * kernel.length}`,
    mark(row, chosen) {
      const line = row * output.length + chosen;
      matrix.clearMarks();
      column.clearMarks();
      for (let i = 0; i < kernel.length; i++) {
        matrix.mark(line, i, "read");
        column.mark(i, 0, "used");
      }
      result.select(line, 0);
    },
  };
}
