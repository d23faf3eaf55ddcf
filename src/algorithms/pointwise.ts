// pointwise: a 1x1 convolution is a matrix product of the weights and the pixels, computed directly on the tensors without laying out columns; a
// stride only selects pixels. So is a convolution whose input or output is one cell.
import { ELEMENTS } from "../base/dtype.ts";
import { elementCount } from "../base/shape.ts";
import { BINDING, STORAGE_ALIGNMENT } from "../kernel/step.ts";
import { type Correlation, paddingSeen } from "../problem/correlation.ts";
import { type Candidate, type PartialPlan, type Unsupported, tooManyBytes } from "./algorithm.ts";
import { gemmStep, storesInLoop, textureableBytes, texturesOf } from "./gemm/gemm.ts";
import { type MatrixBatch, type PixelGrid, outputBatch, outputPixels } from "./gemm/matrices.ts";
import { oneCellProduct } from "./gemm/one-cell.ts";
import { packedSize } from "./gemm/pack.ts";
import { selectTiles } from "./gemm/tile.ts";
import type { GemmVariant, Products, TiledAlgorithm } from "./gemm/variant.ts";
import { type WeightMatrix, packedWeightsWork, weightMatrix, withPackedWeights } from "./gemm/weights.ts";
import { copyWork, gemmError, productTextures, gemmWork } from "./gemm/work.ts";
import { isGated, operandBytes, whole } from "./operands.ts";

/** The lattice of pixels of x that the outputs see. */
function pixelGrid({ output, stride, padBegin, x }: Correlation): PixelGrid {
  const [d, h, w] = x.spatial;
  return {
    start: x.start - padBegin.reduce((sum, pad, axis) => sum + pad * x.spatial[axis]!, 0),
    sizes: output,
    strides: [x.batch, d * stride[0], h * stride[1], w * stride[2]],
  };
}

/** x as a matrix whose rows (channels-last) or columns (channels-first) are its pixels. Loaded in vectors if the pixels are contiguous. */
function pixelMatrix(c: Correlation): MatrixBatch {
  const { C, N, groups, stride, x, output } = c;
  const groupC = C / groups;
  const channelsLast = c.layout === "channels-last";
  const pixels = pixelGrid(c);
  // If the pixels lie side by side, vectors of them or of their channels can be loaded, from an offset where a binding may start.
  const lie = outputPixels(x, output, channelsLast ? N : 1);
  const isEven = stride.every((step) => step === 1) && "even" in lie && lie.even === (channelsLast ? C : 1);
  const buffer = whole(channelsLast ? BINDING.first : BINDING.second, "x", c);
  const offset = pixels.start * ELEMENTS[c.dtype].BYTES_PER_ELEMENT;
  const strides = channelsLast ? [x.group, C] : [x.group, x.channel, x.batch];
  const together =
    !isGated(c, "x") &&
    isEven &&
    (x.channel === 1 || !channelsLast) &&
    groupC % 4 === 0 &&
    offset % STORAGE_ALIGNMENT === 0 &&
    strides.every((step) => step % 4 === 0);
  return {
    buffer: together ? { ...buffer, offset, size: buffer.size - offset } : buffer,
    row: channelsLast ? C : x.channel,
    inner: x.group,
    outer: channelsLast ? 0 : x.batch,
    ...(together ? {} : { pixels, step: x.channel }),
  };
}

/** The matrix products: one for each group and, channels-first, each image. */
function productsOf(c: Correlation): Products {
  const { N, C, K, groups, output, layout } = c;
  const outputs = elementCount(output);
  const [batch, rows, columns] =
    layout === "channels-last" ? [groups, N * outputs, K / groups] : [N * groups, K / groups, outputs];
  return { batch, M: rows, N: columns, K: C / groups, storedInLoop: storesInLoop(c, C / groups) };
}

/** Why a correlation is not the product of these matrices; undefined if it is. */
function refusal(c: Correlation): Unsupported | undefined {
  const taps = elementCount(c.kernel);
  return taps > 1 ? { reason: `the kernel has ${taps} cells, and this takes kernels of one` } : refusedPadding(c);
}

/** Why a correlation of padded pixels is no matrix product; undefined if none are seen. */
export function refusedPadding(c: Correlation): Unsupported | undefined {
  const pad = paddingSeen(c);
  return pad > 0 ? { reason: `the input is padded by up to ${pad} cells, and this takes no padding` } : undefined;
}

function pointwisePlan(c: Correlation, weights: WeightMatrix, pixels: MatrixBatch, tile: GemmVariant): PartialPlan {
  const { N, C, groups } = c;
  const outputs = elementCount(c.output);
  const channelsLast = c.layout === "channels-last";
  const multiply = gemmStep(
    {
      outputs: channelsLast ? N * outputs : outputs,
      K: C / groups,
      outerCount: channelsLast ? 1 : N,
      weights: weights.batch,
      cells: pixels,
      result: outputBatch(c),
    },
    tile,
    c,
  );
  return withPackedWeights({ steps: [multiply], workspaceBytes: 0 }, weights, c);
}

/** The algorithm with some lists of tiles of the GEMM, of each of which the best are candidates. */
export const pointwise = (...tiles: TiledAlgorithm["tiles"]): TiledAlgorithm => ({
  name: "pointwise",
  tiles,

  candidates(given, device, variant) {
    const c = oneCellProduct(given) ?? given;
    const refused = refusal(c);
    if (refused) return refused;
    const weights = weightMatrix(c);
    const preparedBytes = weights.packed ? packedSize(weights.matrix).bytes : 0;
    if (preparedBytes > Math.min(device.maxWorkspaceBytes, device.maxBindingBytes))
      return tooManyBytes("the packed weights take", preparedBytes, device);
    const pixels = pixelMatrix(c);
    const products = {
      ...productsOf(c),
      ...texturesOf(device, preparedBytes, c, textureableBytes(weights.batch, c), textureableBytes(pixels, c)),
    };
    const loadsVectors = !(c.layout === "channels-last" ? weights.batch : pixels).pixels;
    return selectTiles(tiles, products, device, variant, loadsVectors).map((tile): Candidate => ({
      variant: tile.name,
      workspaceBytes: 0,
      preparedBytes,
      textures: productTextures(products, tile),
      dispatches: 1 + Number(weights.packed),
      work: [
        ...packedWeightsWork(weights, c),
        ...copyWork(products, tile),
        { ...gemmWork(products, tile), bytes: operandBytes(c) },
      ],
      error: gemmError(tile, c, products.K),
      iterations: Math.ceil(products.K / 4),
      plan: () => pointwisePlan(c, weights, pixels, tile),
    }));
  },
});
