// Small dense matrices with float32 arithmetic: every product and sum is rounded, as on the GPU.

export type Matrix = readonly (readonly number[])[];

export function tabulate(rows: number, columns: number, value: (row: number, column: number) => number): number[][] {
  return Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (__, column) => value(row, column)));
}

/** Rounds numbers to float32. */
export function rounded(matrix: Matrix): number[][] {
  return matrix.map((row) => row.map(Math.fround));
}

/** Returns a · b, summed in float32 from the first product to the last. */
export function dot(a: readonly number[], b: readonly number[]): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total = Math.fround(total + Math.fround(a[i]! * b[i]!));
  return total;
}

export function transpose(matrix: Matrix): number[][] {
  return tabulate(matrix[0]!.length, matrix.length, (row, column) => matrix[column]![row]!);
}

export function multiply(a: Matrix, b: Matrix): number[][] {
  const columns = transpose(b);
  return tabulate(a.length, columns.length, (row, column) => dot(a[row]!, columns[column]!));
}

/** Cell by cell. */
export function hadamard(a: Matrix, b: Matrix): number[][] {
  return tabulate(a.length, a[0]!.length, (row, column) => Math.fround(a[row]![column]! * b[row]![column]!));
}

/** Returns a block of a matrix. */
export function block(matrix: Matrix, top: number, left: number, rows: number, columns: number): number[][] {
  return tabulate(rows, columns, (row, column) => matrix[top + row]![left + column]!);
}

export function largestDifference(a: Matrix, b: Matrix): number {
  return Math.max(...a.flatMap((row, i) => row.map((value, j) => Math.abs(value - b[i]![j]!))));
}
