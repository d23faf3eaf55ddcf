// What the four ways have in common: the problem they solve, and what each shows of its solution.
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
  /** The map and the kernel, as float32 holds them. */
  readonly x: Matrix;
  readonly w: Matrix;
  readonly dilation: number;
}

export interface Way {
  readonly nodes: readonly HTMLElement[];
  /** None where the way does not serve the problem. */
  readonly output: Matrix | undefined;
  /** Multiplications for all outputs, in words. */
  readonly products: string;
  /** Shows how the way comes to one output. */
  mark(row: number, column: number): void;
}

/** A matrix as a grid of numbers. */
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

/** A map with words for it, or a sign. */
export type Part = readonly [CellMap, string] | string;

/** Maps with signs between them, which wrap where there is no room. */
export function equation(...parts: Part[]): HTMLElement {
  return el(
    "div",
    { class: "equation" },
    ...parts.map((part) =>
      typeof part === "string" ? el("span", { class: "sign" }, part) : captioned(part[0], part[1]),
    ),
  );
}
