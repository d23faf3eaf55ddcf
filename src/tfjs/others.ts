// Resizing, batch normalisation and softmax, as TensorFlow.js calls them by name.
import { batchNorm } from "../ops/batch-norm/batch-norm.ts";
import { resize } from "../ops/resize/resize.ts";
import { softmax } from "../ops/softmax/softmax.ts";
import { type Kernel, kernel } from "./kernel.ts";

const layout = "channels-last";

interface ResizeAttributes {
  readonly size: readonly [number, number];
  readonly alignCorners?: boolean;
  readonly halfPixelCenters?: boolean;
}

const resizing = (mode: "linear" | "nearest"): Kernel => {
  const reads = ["images"] as const;
  return kernel<ResizeAttributes, typeof reads>(
    reads,
    ["size", "alignCorners", "halfPixelCenters"],
    ({ images }, { size, alignCorners, halfPixelCenters }) => ({
      inputs: [{ shape: images!, layout }],
      shape: [images![0]!, ...size, images![3]!],
      compute: ({ images: x }) =>
        resize(x!, {
          outputSize: size,
          mode,
          ...(mode === "nearest" && { rounding: alignCorners || halfPixelCenters ? "round-prefer-ceil" : "floor" }),
          coordinates: alignCorners ? "align-corners" : halfPixelCenters ? "half-pixel" : "asymmetric",
        }),
    }),
  );
};

const softmaxKernel = ((reads) =>
  kernel<{ readonly dim: number }, typeof reads>(reads, ["dim"], ({ logits }, { dim }) => ({
    inputs: [{ shape: logits!, layout }],
    shape: [...logits!],
    compute: ({ logits: x }) => softmax(x!, { axis: dim }),
  })))(["logits"] as const);

const batchNormKernel = ((reads) =>
  kernel<{ readonly varianceEpsilon: number }, typeof reads>(reads, ["varianceEpsilon"], (shapes, attributes) => {
    const { x } = shapes;
    // Other statistics than one for each channel.
    if (reads.slice(1).some((name) => shapes[name] && shapes[name].join() !== String(x!.at(-1)))) return undefined;
    return {
      inputs: reads.map((name) => shapes[name] && { shape: shapes[name], layout }),
      shape: [...x!],
      compute: ({ x: input, mean, variance, offset, scale }) =>
        batchNorm(input!, {
          mean: mean!,
          variance: variance!,
          ...(offset && { bias: offset }),
          ...(scale && { scale }),
          epsilon: attributes.varianceEpsilon,
        }),
    };
  }))(["x", "mean", "variance", "offset", "scale"] as const);

/** The kernels by name. */
export const others: Readonly<Record<string, Kernel>> = {
  ResizeBilinear: resizing("linear"),
  ResizeNearestNeighbor: resizing("nearest"),
  Softmax: softmaxKernel,
  FusedBatchNorm: batchNormKernel,
};
