// The memory layouts of the matrices of a GEMM.
import type { Triple } from "../../base/shape.ts";
import { BINDING, type Binding } from "../../kernel/step.ts";
import type { Uniforms } from "../../kernel/uniforms.ts";
import type { Correlation, TensorView } from "../../problem/correlation.ts";
import { type Snippets, whole } from "../operands.ts";

/** A lattice of pixels of a tensor: its sizes, its strides (batch first), and the index of its first pixel. */
export interface PixelGrid {
  readonly start: number;
  readonly sizes: Triple;
  readonly strides: readonly [number, number, number, number];
}

/** A matrix that is read through windows: its snippets and the fields of the uniform `window`. */
export interface Window {
  readonly snippets: Snippets;
  readonly uniforms: Uniforms;
  /** Terms of a run. */
  readonly terms: number;
  /** Whether neighbouring threads load, and store, neighbouring rows. */
  readonly rowsFirst: boolean;
}

/**
 * The memory layout of a batch of row-major matrices. Strides are in elements. Those of A and B are multiples of 4, unless the rows of A or the
 * columns of B are `pixels` of a tensor: these are loaded one by one, and `step` is the distance between neighbouring terms of a sum.
 */
export interface MatrixBatch {
  readonly buffer: Pick<Binding, "operand" | "offset" | "size">;
  readonly row: number;
  readonly inner: number;
  readonly outer: number;
  readonly pixels?: PixelGrid;
  readonly step?: number;
  /** If A are the cells that the windows of a convolution see, how they are found. */
  readonly window?: Window;
}

/** The memory layout of C: channels and outputs at any distance. If the outputs are pixels at uneven distances, `pixels` is their lattice. */
export interface ResultBatch extends Pick<MatrixBatch, "buffer" | "inner" | "outer" | "pixels"> {
  readonly channel: number;
  readonly output: number;
  readonly start: number;
  /** The first pixel of the matrix, counted through all of `pixels`. */
  readonly first?: number;
}

/** Returns the distance between neighbouring elements if it is the same through all axes, whose sizes and strides are given. */
export function evenStep(axes: readonly (readonly [size: number, stride: number])[]): number | undefined {
  // The stride of the innermost axis with several elements, and whether the other axes continue it.
  let even: number | undefined;
  let next = 0;
  for (const [size, stride] of axes.toReversed()) {
    if (size === 1) continue;
    if (even === undefined) even = next = stride;
    if (stride !== next) return undefined;
    next *= size;
  }
  return even ?? 1;
}

/** Returns the distance between neighbouring pixels of a tensor if it is the same for all, else (or if `lattice` asks for it) their lattice. */
export function outputPixels(
  { batch, spatial }: TensorView,
  [O, P, Q]: Triple,
  N: number,
  lattice = false,
): { even: number } | { pixels: PixelGrid } {
  const [d, h, w] = spatial;
  const even = evenStep([
    [N, batch],
    [O, d],
    [P, h],
    [Q, w],
  ]);
  return even === undefined || lattice
    ? { pixels: { start: 0, sizes: [O, P, Q], strides: [batch, d, h, w] } }
    : { even };
}

/** The memory layout of the output of a correlation from an image and a pixel on. */
export function outputBatch(c: Correlation, firstImage = 0, firstPixel = 0): ResultBatch {
  const { y } = c;
  const channelsLast = c.layout === "channels-last";
  const lie = outputPixels(y, c.output, channelsLast ? c.N : 1, c.phases !== undefined);
  const pixel = "even" in lie ? lie.even : 0;
  return {
    buffer: whole(BINDING.output, "y", c),
    channel: y.channel,
    output: pixel,
    // Where pixels lie unevenly, the store finds the channel through all groups.
    inner: "pixels" in lie ? 0 : y.group,
    outer: channelsLast ? 0 : y.batch,
    start: y.start + (channelsLast ? 0 : firstImage * y.batch) + firstPixel * pixel,
    ...("pixels" in lie && { pixels: lie.pixels, first: firstPixel }),
  };
}

/** The memory layout of the output of a correlation with a row for each output of the batch, in any layout. */
export function outputRows(c: Correlation): ResultBatch {
  return outputBatch({ ...c, layout: "channels-last" });
}
