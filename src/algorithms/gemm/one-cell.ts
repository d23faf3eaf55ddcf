// Correlations that are matrix products although their kernels have several taps: those of one output, whose window is the whole sum, and those of
// one input cell, which every output meets at a tap of its own. Classifiers that are written as convolutions are of the first kind, generators that
// start from one cell of the second, and the gradient of the input of either kind is of the other.
import { type Triple, eachAxis, elementCount } from "../../base/shape.ts";
import { type Correlation, paddingSeen } from "../../problem/correlation.ts";
import { evenStep } from "./matrices.ts";

/** The geometry of a correlation of one tap and one output. */
const ONE_CELL = {
  ...{ input: [1, 1, 1], kernel: [1, 1, 1], output: [1, 1, 1], stride: [1, 1, 1], dilation: [1, 1, 1] },
  padBegin: [0, 0, 0],
} as const satisfies Partial<Correlation>;

/** Distance between neighbouring elements if it is the same through channels and cells, in the order of the layout. */
function stepThrough(
  { layout }: Correlation,
  channels: readonly [count: number, stride: number],
  sizes: Triple,
  strides: Triple,
): number | undefined {
  const cells = sizes.map((size, axis) => [size, strides[axis]!] as const);
  return evenStep(layout === "channels-last" ? [...cells, channels] : [channels, ...cells]);
}

/** A correlation of one output with the taps of its window as input channels; undefined if they do not lie like channels. */
function tapsAsChannels(c: Correlation): Correlation | undefined {
  const { C, groups, kernel, dilation, padBegin, x, w } = c;
  const taps = elementCount(kernel);
  if (elementCount(c.output) > 1 || paddingSeen(c) > 0 || (groups > 1 && taps > 1)) return undefined;
  const cells = eachAxis((axis) => x.spatial[axis] * dilation[axis]);
  const channel = stepThrough(c, [C / groups, x.channel], kernel, cells);
  const inputChannel = stepThrough(c, [C / groups, w.inputChannel], kernel, w.taps);
  if (channel === undefined || inputChannel === undefined) return undefined;
  const start = padBegin.reduce((sum, pad, axis) => sum - pad * x.spatial[axis]!, x.start);
  return { ...c, ...ONE_CELL, C: C * taps, x: { ...x, start, channel }, w: { ...w, inputChannel } };
}

/** A correlation of one input cell with its outputs as output channels; undefined if they do not lie like channels. */
function outputsAsChannels(c: Correlation): Correlation | undefined {
  const { K, groups, kernel, output, stride, dilation, padBegin, paddingMode, paddingValue, w, y } = c;
  if (elementCount(c.input) > 1 || groups > 1 || c.epilogue.bias) return undefined;
  if (paddingMode !== "zeros" || paddingValue !== 0) return undefined;
  // Output o meets the cell at tap `first` - o.
  const first = eachAxis((axis) => padBegin[axis] / dilation[axis]);
  const meets = output.every((size, axis) => {
    const tap = first[axis]!;
    const inStep = size === 1 || stride[axis] === dilation[axis];
    return inStep && Number.isInteger(tap) && tap < kernel[axis]! && tap >= size - 1;
  });
  if (!meets) return undefined;
  const channel = stepThrough(c, [K, y.channel], output, y.spatial);
  const outputChannel = stepThrough(
    c,
    [K, w.outputChannel],
    output,
    eachAxis((axis) => -w.taps[axis]),
  );
  if (channel === undefined || outputChannel === undefined) return undefined;
  const start = first.reduce((sum, tap, axis) => sum + tap * w.taps[axis]!, w.start);
  const cells = elementCount(output);
  return { ...c, ...ONE_CELL, K: K * cells, w: { ...w, start, outputChannel }, y: { ...y, channel } };
}

/**
 * Returns a correlation of one output, or of one input cell, as one of one tap and one output. Where the channels are contiguous, the batch becomes
 * the cells of a map: one product of a row for each of the batch, instead of one for each of a single column.
 */
export function oneCellProduct(c: Correlation): Correlation | undefined {
  if (c.phases) return undefined;
  const product = tapsAsChannels(c) ?? outputsAsChannels(c);
  if (!product) return undefined;
  const { N, x, y } = product;
  if (x.channel !== 1 || y.channel !== 1) return product;
  return {
    ...product,
    ...{ N: 1, input: [1, 1, N], output: [1, 1, N], layout: "channels-last" },
    x: { ...x, batch: 0, spatial: [0, 0, x.batch] },
    y: { ...y, batch: 0, spatial: [0, 0, y.batch] },
  };
}
