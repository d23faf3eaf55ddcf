// The interface of the four ways: the problem they solve, and how each shows its solution.
import { el } from "../common/dom.ts";
import { CellMap, type Kind, type MapOptions, captioned } from "./map.ts";
import type { Matrix } from "./matrix.ts";
import { plain } from "./values.ts";

export const ALGORITHMS = ["direct", "im2col", "winograd", "fft"] as const;
export type AlgorithmName = (typeof ALGORITHMS)[number];

export const TITLES: Record<AlgorithmName, string> = {
  direct: "Direct",
  im2col: "im2col",
  winograd: "Winograd",
  fft: "FFT",
};

export interface Problem {
  /** The map and the kernel, rounded to float32. */
  readonly x: Matrix;
  readonly w: Matrix;
  readonly dilation: number;
}

export interface Way {
  readonly nodes: readonly HTMLElement[];
  /** Undefined if the way does not support the problem. */
  readonly output: Matrix | undefined;
  /** Multiplications for all outputs, in words. */
  readonly products: string;
  /** Shows how the way computes one output. */
  mark(row: number, column: number): void;
}

/** Makes a grid of numbers of a matrix. */
export function matrixMap(label: string, kind: Kind, matrix: Matrix, choose?: MapOptions["choose"]): CellMap {
  return new CellMap({
    label,
    kind,
    rows: matrix.length,
    columns: matrix[0]!.length,
    text: (row, column) => plain(matrix[row]![column]!),
    choose,
  });
}

/** A map with a caption, or a sign. */
export type Part = readonly [CellMap, string] | string;

/** Lays out maps with signs between them; they wrap if they must. */
export function equation(...parts: Part[]): HTMLElement {
  return el(
    "div",
    { class: "equation" },
    ...parts.map((part) =>
      typeof part === "string" ? el("span", { class: "sign" }, part) : captioned(part[0], part[1]),
    ),
  );
}
