// The convolution as an explicit sparse matrix C, built from the definition and from nothing of the library: borders are
// literal concatenations of cell lists, kernels are flipped by reversing them, windows are found by moving one along the axis.
// Then forward = C v, backward-data and transposed forward = C^T g, and backward-weights is the derivative of C v by the weights.

export interface MatrixGeometry {
  N: number;
  C: number;
  K: number;
  groups: number;
  input: number[];
  kernel: number[];
  stride: number[];
  dilation: number[];
  pads: [number, number][];
  mode: "zeros" | "reflect" | "replicate" | "circular";
  /** The value of the border in mode "zeros". */
  constant: number;
  flipped: boolean;
}

/** The extent of a dilated kernel in cells. */
export function dilatedSpan(kernel: number, dilation: number): number {
  return (kernel - 1) * dilation + 1;
}

/** One element of C: w[weight] in this column, or times the constant where the column is null. */
interface Entry {
  column: number | null;
  weight: number;
}

/** The cells of a padded axis: input indices, null for the constant. */
export function paddedAxis(
  size: number,
  [begin, end]: [number, number],
  mode: MatrixGeometry["mode"],
): (number | null)[] {
  const cells = Array.from({ length: size }, (_, i) => i);
  if (mode === "reflect") {
    return [...cells.slice(1, begin + 1).toReversed(), ...cells, ...cells.slice(size - 1 - end, size - 1).toReversed()];
  }
  if (mode === "circular") return [...cells.slice(size - begin), ...cells, ...cells.slice(0, end)];
  const [first, last] = mode === "replicate" ? [0, size - 1] : [null, null];
  return [...Array<number | null>(begin).fill(first), ...cells, ...Array<number | null>(end).fill(last)];
}

/** All combinations of one item from each list, the last list running fastest. */
export function product<T>(lists: readonly T[][]): T[][] {
  return lists.reduce<T[][]>((heads, list) => heads.flatMap((head) => list.map((item) => [...head, item])), [[]]);
}

/** The flat index of a multi-index; null if an index in it is null. */
function flatten(index: readonly (number | null)[], sizes: readonly number[]): number | null {
  return index.reduce<number | null>((sum, i, axis) => (sum === null || i === null ? null : sum * sizes[axis]! + i), 0);
}

export class ConvolutionMatrix {
  readonly output: number[];
  readonly columns: number;
  private readonly rows: Entry[][] = [];

  constructor(private readonly geometry: MatrixGeometry) {
    const { N, C, K, groups, input, kernel, stride, dilation, pads, mode, flipped } = geometry;
    // windows[axis][output] = the cells under the taps, in the order in which w stores them.
    const windows = input.map((size, axis) => {
      const cells = paddedAxis(size, pads[axis]!, mode);
      const list: (number | null)[][] = [];
      const extent = dilatedSpan(kernel[axis]!, dilation[axis]!);
      for (let start = 0; start + extent <= cells.length; start += stride[axis]!) {
        const taps = Array.from({ length: kernel[axis]! }, (_, tap) => cells[start + tap * dilation[axis]!]!);
        list.push(flipped ? taps.toReversed() : taps);
      }
      return list;
    });
    this.output = windows.map((list) => list.length);
    const cells = input.reduce((a, b) => a * b, 1);
    const taps = kernel.reduce((a, b) => a * b, 1);
    this.columns = N * C * cells;
    for (let n = 0; n < N; n++) {
      for (let k = 0; k < K; k++) {
        const group = Math.floor(k / (K / groups));
        for (const window of product(windows)) {
          const row: Entry[] = [];
          const places = product(window).map((index) => flatten(index, input));
          for (let c = 0; c < C / groups; c++) {
            places.forEach((place, tap) => {
              const channel = (n * C + group * (C / groups) + c) * cells;
              row.push({
                column: place === null ? null : channel + place,
                weight: (k * (C / groups) + c) * taps + tap,
              });
            });
          }
          this.rows.push(row);
        }
      }
    }
  }

  /** C v, plus the contribution of the border's constant. */
  apply(v: ArrayLike<number>, w: ArrayLike<number>): number[] {
    return this.rows.map((row) => row.reduce((sum, { column, weight }) => sum + w[weight]! * this.cell(v, column), 0));
  }

  /** C^T g. */
  applyTransposed(g: ArrayLike<number>, w: ArrayLike<number>): number[] {
    const result = Array<number>(this.columns).fill(0);
    this.rows.forEach((row, i) => {
      for (const { column, weight } of row) if (column !== null) result[column]! += w[weight]! * g[i]!;
    });
    return result;
  }

  /** The derivative of <C v, g> by each weight. */
  weightGradient(v: ArrayLike<number>, g: ArrayLike<number>, weights: number): number[] {
    const result = Array<number>(weights).fill(0);
    this.rows.forEach((row, i) => {
      for (const { column, weight } of row) result[weight]! += this.cell(v, column) * g[i]!;
    });
    return result;
  }

  private cell(v: ArrayLike<number>, column: number | null): number {
    return column === null ? this.geometry.constant : v[column]!;
  }
}
