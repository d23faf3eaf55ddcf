// pointwise: a 1x1 convolution is a matrix product of the weights and the pixels, straight on the tensors; a stride only picks
// pixels. No columns are laid out.
import { BINDING } from "../kernel/step.ts";
import { elementCount } from "../base/shape.ts";
import type { Method, Part, Unsupported } from "./algorithm.ts";
import type { DeviceTraits } from "./traits.ts";
import { type Correlation, paddingSeen } from "../problem/correlation.ts";
import { gemmTiles, namedTile } from "./gemm/tile.ts";
import {
  type GemmVariant,
  type MatrixBatch,
  type PixelGrid,
  type Products,
  gemmStep,
  gemmWork,
  outputPixels,
  packStep,
  packedSize,
} from "./gemm/gemm.ts";
import {
  innerProduct,
  innerProductBytes,
  innerProductDispatches,
  innerProductVariants,
  innerProductWork,
  isInnerProduct,
} from "./gemm/inner-product.ts";
import { isGated, preparedRange, whole } from "./operands.ts";
import { weightMatrix } from "./gemm/weights.ts";

/** The pixels that the outputs see, in elements of x. */
function pixelGrid({ output, stride, padBegin, x }: Correlation): PixelGrid {
  const [d, h, w] = x.spatial;
  return {
    start: -padBegin.reduce((sum, pad, axis) => sum + pad * x.spatial[axis]!, 0),
    sizes: output,
    strides: [x.batch, d * stride[0], h * stride[1], w * stride[2]],
  };
}

/** x as the matrix of its pixels: rows channels-last, columns channels-first. In vectors where the pixels lie together. */
function pixelMatrix(correlation: Correlation): MatrixBatch {
  const { C, N, groups, stride, x, input, output } = correlation;
  const groupC = C / groups;
  const channelsLast = correlation.layout === "channels-last";
  const pixels = pixelGrid(correlation);
  // Every pixel of the input in order, so that vectors of them, or of their channels, can be loaded.
  const lie = outputPixels(x, input, N);
  const all = stride.every((step) => step === 1) && input.every((size, axis) => size === output[axis]);
  const even = "even" in lie && pixels.start === 0;
  const strides = channelsLast ? [x.group, C] : [x.group, x.channel, x.batch];
  const vectors = channelsLast ? x.channel === 1 && even && lie.even === C : x.spatial[2] === 1;
  const together =
    !isGated(correlation, "x") && all && vectors && groupC % 4 === 0 && strides.every((step) => step % 4 === 0);
  return {
    buffer: whole(channelsLast ? BINDING.first : BINDING.second, "x", correlation),
    row: channelsLast ? C : x.channel,
    inner: x.group,
    outer: channelsLast ? 0 : x.batch,
    ...(together ? {} : { pixels, step: x.channel }),
  };
}

/** Whether the matrix on the right is loaded in vectors. */
function loadsVectors(correlation: Correlation): boolean {
  const right = correlation.layout === "channels-last" ? weightMatrix(correlation).batch : pixelMatrix(correlation);
  return !right.pixels;
}

/** The matrix products, one for each group, and channels-first for each image. */
function productsOf({ N, C, K, groups, output, layout }: Correlation): Products {
  const outputs = elementCount(output);
  const [batch, rows, columns] =
    layout === "channels-last" ? [groups, N * outputs, K / groups] : [N * groups, K / groups, outputs];
  return { batch, M: rows, N: columns, K: C / groups };
}

function supports(correlation: Correlation): true | Unsupported {
  const taps = elementCount(correlation.kernel);
  if (taps > 1) return { reason: `the kernel has ${taps} cells, and this serves kernels of one` };
  const pad = paddingSeen(correlation);
  return pad > 0 ? { reason: `the input is padded by up to ${pad} cells, and this serves none` } : true;
}

/** A gradient of weights sees each cell of x once. */
function supportsInnerProduct(correlation: Correlation, gpu: DeviceTraits): true | Unsupported {
  const pad = paddingSeen(correlation);
  if (pad > 0) return { reason: `the input is padded by up to ${pad} cells, and this serves none` };
  const { workspace, prepared } = innerProductBytes(correlation);
  if (Math.max(workspace, prepared) > gpu.maxBindingBytes || workspace + prepared > gpu.maxWorkspaceBytes) {
    return {
      reason: `the packed input and gradient take ${workspace + prepared} bytes, more than the ${gpu.maxWorkspaceBytes} of workspace or the ${gpu.maxBindingBytes} of a binding allowed`,
    };
  }
  return true;
}

export const pointwise: Method<GemmVariant> = {
  name: "pointwise",
  supports(correlation, gpu) {
    if (isInnerProduct(correlation)) return supportsInnerProduct(correlation, gpu);
    const served = supports(correlation);
    if (served !== true) return served;
    const { packed, matrix } = weightMatrix(correlation);
    const bytes = packedSize(matrix).bytes;
    return !packed || bytes <= Math.min(gpu.maxWorkspaceBytes, gpu.maxBindingBytes)
      ? true
      : { reason: `the packed weights take ${bytes} bytes, more than the ${gpu.maxWorkspaceBytes} allowed` };
  },

  variants(correlation, gpu) {
    if (isInnerProduct(correlation)) return innerProductVariants(correlation, gpu);
    return gemmTiles(productsOf(correlation), gpu, loadsVectors(correlation));
  },

  named: (correlation, gpu, name) => namedTile(name, gpu, isInnerProduct(correlation) || loadsVectors(correlation)),

  dispatches(correlation, gpu, variant) {
    if (isInnerProduct(correlation)) return innerProductDispatches(correlation, gpu, variant);
    return weightMatrix(correlation).packed ? 2 : 1;
  },

  plan(correlation, gpu, variant): Part {
    if (isInnerProduct(correlation)) return innerProduct(correlation, gpu, variant);
    const { N, C, K, groups, output, y } = correlation;
    const groupK = K / groups;
    const outputs = elementCount(output);
    const channelsLast = correlation.layout === "channels-last";
    const weights = weightMatrix(correlation);
    const pixels = pixelMatrix(correlation);
    const lie = outputPixels(y, output, channelsLast ? N : 1);
    const pixel = "even" in lie ? lie.even : 0;
    const multiply = gemmStep(
      {
        M: channelsLast ? N * outputs : groupK,
        N: channelsLast ? groupK : outputs,
        K: C / groups,
        outerCount: channelsLast ? 1 : N,
        innerCount: groups,
        a: channelsLast ? pixels : weights.batch,
        b: channelsLast ? weights.batch : pixels,
        c: {
          buffer: whole(BINDING.output, "y", correlation),
          row: channelsLast ? pixel : y.channel,
          column: channelsLast ? y.channel : pixel,
          inner: y.group,
          outer: channelsLast ? 0 : y.batch,
          start: y.start,
          ...("pixels" in lie && { pixels: lie.pixels }),
        },
        channelsAreRows: !channelsLast,
        channels: groupK,
      },
      variant,
      correlation,
    );
    const plan = { steps: [multiply], workspaceBytes: 0 };
    if (!weights.packed) return plan;
    const { bytes } = packedSize(weights.matrix);
    const pack = packStep(weights.matrix, "w", preparedRange(BINDING.output, 0, bytes), correlation);
    return { ...plan, preparation: { steps: [pack], bytes } };
  },

  // The terms are summed sequentially, as in the direct method.
  errorGrowth: () => 1,

  work(correlation, gpu, variant) {
    if (isInnerProduct(correlation)) return innerProductWork(correlation, gpu, variant);
    return [gemmWork(productsOf(correlation), variant)];
  },
};
