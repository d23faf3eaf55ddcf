// The poolings that TensorFlow.js calls by name.
import { elementCount } from "../base/shape.ts";
import { averagePool, averagePoolBackward } from "../ops/average-pool/average-pool.ts";
import { maxPool, maxPoolBackward, maxPoolWithIndices } from "../ops/max-pool/max-pool.ts";
import { type ConvAttributes, geometryOf } from "./geometry.ts";
import { type Kernel, kernel } from "./kernel.ts";

interface PoolAttributes extends ConvAttributes {
  readonly filterSize: number | readonly number[];
}

const ATTRIBUTES = ["filterSize", "strides", "pad", "dimRoundingMode"] as const;
const layout = "channels-last";

/** The windows as options of the engine, and the shape of the result. */
function windowsOf(shape: readonly number[], attributes: PoolAttributes) {
  const { filterSize } = attributes;
  const channels = shape.at(-1)!;
  const kernelSize = shape
    .slice(1, -1)
    .map((_, axis) => (typeof filterSize === "number" ? filterSize : filterSize[axis]!));
  const { stride, padding, outShape } = geometryOf(shape, [...kernelSize, channels, channels], attributes, false);
  return { windows: { kernelSize, stride, padding }, outShape };
}

const forward = (isMax: boolean): Kernel => {
  const reads = ["x"] as const;
  return kernel<PoolAttributes, typeof reads>(reads, ATTRIBUTES, ({ x }, attributes) => {
    const { windows, outShape } = windowsOf(x!, attributes);
    // TensorFlow.js returns x itself.
    if (elementCount(windows.kernelSize) === 1) return undefined;
    return {
      inputs: [{ shape: x!, layout }],
      shape: outShape,
      compute: ({ x: input }) =>
        isMax ? maxPool(input!, windows) : averagePool(input!, { ...windows, includePadding: false }),
    };
  });
};

const maxGradient = ((reads) =>
  kernel<PoolAttributes, typeof reads>(reads, ATTRIBUTES, ({ dy, input }, attributes) => ({
    inputs: [dy!, input!].map((shape) => ({ shape, layout })),
    shape: [...input!],
    compute: ({ dy: gradient, input: x }) => {
      const { windows } = windowsOf(input!, attributes);
      const { indices } = maxPoolWithIndices(x!, windows);
      return maxPoolBackward(gradient!, indices, { ...windows, inputShape: input! });
    },
  })))(["dy", "input"] as const);

const averageGradient = ((reads) =>
  kernel<PoolAttributes, typeof reads>(reads, ATTRIBUTES, ({ dy, input }, attributes) => ({
    inputs: [dy!, input!].map((shape) => ({ shape, layout })),
    shape: [...input!],
    compute: ({ dy: gradient }) => {
      const { windows } = windowsOf(input!, attributes);
      // TensorFlow.js divides by all cells of a window here, whatever it divided by in the pooling.
      const divisor = elementCount(windows.kernelSize);
      return averagePoolBackward(gradient!, { ...windows, divisor, inputShape: input! });
    },
  })))(["dy", "input"] as const);

/** The kernels by name. */
export const poolings: Readonly<Record<string, Kernel>> = {
  MaxPool: forward(true),
  AvgPool: forward(false),
  MaxPoolGrad: maxGradient,
  AvgPoolGrad: averageGradient,
  MaxPool3D: forward(true),
  AvgPool3D: forward(false),
  MaxPool3DGrad: maxGradient,
  AvgPool3DGrad: averageGradient,
};
