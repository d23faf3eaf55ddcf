// Convolutions and Dense. Their weights are in our channels-last order as they lie in the file: [...kernel, in, out]; transposed ones
// [...kernel, out, in]; depthwise ones [...kernel, in, m] are [...kernel, 1, in * m].
import type { Value } from "../model/graph.ts";
import { activatedAfter, activationOf, fusedActivation } from "./activations.ts";
import type { Config } from "./config.ts";
import { unserved } from "./config.ts";
import { type Layer, type LayerBuilder, type LayerReader, unary } from "./layer.ts";
import type { Weight } from "./weights.ts";

const PADDINGS = ["valid", "same"] as const;

/** Strides, dilation and padding as options of `conv`. */
function geometryOf(config: Config, rank: number): { options: Record<string, unknown>; kernel: number[] } {
  const kernel = config.integers("kernel_size", rank);
  const stride = config.integers("strides", rank, { initial: 1 });
  const dilation = config.integers("dilation_rate", rank, { initial: 1 });
  const padding = config.choice("padding", rank === 1 ? ([...PADDINGS, "causal"] as const) : PADDINGS, "valid");
  return {
    kernel,
    options: {
      stride,
      dilation,
      // Each output sees its own cell and those before it.
      padding: padding === "causal" ? [[dilation[0]! * (kernel[0]! - 1), 0]] : padding,
    },
  };
}

function biasOf(layer: Layer, place: number, size: number): Weight | undefined {
  return layer.config.boolean("use_bias", true) ? layer.weight("bias", { place, shape: [size] }) : undefined;
}

function operands(build: LayerBuilder, x: Value, w: Weight, bias: Weight | undefined): Record<string, Value> {
  return { x, w: build.constant(w), ...(bias && { bias: build.constant(bias) }) };
}

const conv = (rank: number): LayerReader =>
  unary(
    (layer) => {
      const { config } = layer;
      const { options, kernel } = geometryOf(config, rank);
      const filters = config.integer("filters");
      const groups = config.integer("groups", { initial: 1 });
      const w = layer.weight("kernel", { place: 0, shape: [...kernel, undefined, filters] });
      const bias = biasOf(layer, 1, filters);
      const activation = activationOf(config);
      const first = config.isChannelsFirst();
      return (x, build) =>
        build.channelsLast(x, first, (map) => {
          const all = { ...options, groups, ...fusedActivation(activation) };
          return activatedAfter(build.node("conv", operands(build, map, w, bias), all), activation, build);
        });
    },
    [rank + 2],
  );

/** Weights [...kernel, in, m] as those of a convolution with a group for each channel. TensorFlow.js may not say m but in their shape. */
function depthwiseWeights(layer: Layer, kernel: readonly number[]): Weight & { channels: number } {
  const field = "depth_multiplier";
  const multiplier = layer.config.get(field) === undefined ? undefined : layer.config.integer(field);
  const names = ["depthwise_kernel", "kernel"];
  const { name, shape, data } = layer.weight(names, { place: 0, shape: [...kernel, undefined, multiplier] });
  const [channels, each] = shape.slice(-2) as [number, number];
  return { name, data, channels, shape: [...kernel, 1, channels * each] };
}

const depthwiseConv = (rank: number): LayerReader =>
  unary(
    (layer) => {
      const { config } = layer;
      const { options, kernel } = geometryOf(config, rank);
      const w = depthwiseWeights(layer, kernel);
      const bias = biasOf(layer, 1, w.shape.at(-1)!);
      const activation = activationOf(config);
      const first = config.isChannelsFirst();
      return (x, build) =>
        build.channelsLast(x, first, (map) => {
          const all = { ...options, groups: w.channels, ...fusedActivation(activation) };
          return activatedAfter(build.node("conv", operands(build, map, w, bias), all), activation, build);
        });
    },
    [rank + 2],
  );

const separableConv = (rank: number): LayerReader =>
  unary(
    (layer) => {
      const { config } = layer;
      const { options, kernel } = geometryOf(config, rank);
      const filters = config.integer("filters");
      const depthwise = depthwiseWeights(layer, kernel);
      const ones = kernel.map(() => 1);
      const shape = [...ones, depthwise.shape.at(-1), filters];
      const pointwise = layer.weight("pointwise_kernel", { place: 1, shape });
      const bias = biasOf(layer, 2, filters);
      const activation = activationOf(config);
      const first = config.isChannelsFirst();
      return (x, build) =>
        build.channelsLast(x, first, (map) => {
          const all = { ...options, groups: depthwise.channels };
          const between = build.node("conv", operands(build, map, depthwise, undefined), all);
          const y = build.node("conv", operands(build, between, pointwise, bias), fusedActivation(activation));
          return activatedAfter(y, activation, build);
        });
    },
    [rank + 2],
  );

/** A result of `stride` times as many cells with "same", else one that all windows fit. */
const transposedConv = (rank: number): LayerReader =>
  unary(
    (layer) => {
      const { config } = layer;
      const { options, kernel } = geometryOf(config, rank);
      config.without("output_padding");
      config.without("dilation_rate", 1);
      if (Array.isArray(options["padding"])) unserved(`padding "causal"`);
      const filters = config.integer("filters");
      const w = layer.weight("kernel", { place: 0, shape: [...kernel, filters, undefined] });
      const bias = biasOf(layer, 1, filters);
      const activation = activationOf(config);
      const first = config.isChannelsFirst();
      const stride = options["stride"] as number[];
      // A window smaller than the stride leaves cells that no window reaches.
      const extra = stride.map((step, axis) =>
        options["padding"] === "valid" ? Math.max(0, step - kernel[axis]!) : 0,
      );
      const outputPadding = extra.some((cells) => cells > 0) ? { outputPadding: extra } : {};
      return (x, build) =>
        build.channelsLast(x, first, (map) => {
          const all = { ...options, ...outputPadding, ...fusedActivation(activation) };
          return activatedAfter(build.node("convTranspose", operands(build, map, w, bias), all), activation, build);
        });
    },
    [rank + 2],
  );

/** The matrix with rows and columns exchanged. */
function transposed({ name, shape, data }: Weight): Weight {
  const [rows, columns] = shape as [number, number];
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) turned[column * rows + row] = data[row * columns + column]!;
  return { name, shape: [columns, rows], data: turned };
}

/** Along the last axis of a tensor of any rank. */
const dense: LayerReader = unary((layer) => {
  const { config } = layer;
  config.without("lora_rank");
  const units = config.integer("units");
  const w = transposed(layer.weight("kernel", { place: 0, shape: [undefined, units] }));
  const bias = biasOf(layer, 1, units);
  const activation = activationOf(config);
  return (x, build) => {
    const rows = build.reshape(x, [
      x.shape.slice(0, -1).reduce((product, size) => product * size, 1),
      x.shape.at(-1) ?? 1,
    ]);
    const y = build.node("linear", operands(build, rows, w, bias), fusedActivation(activation));
    const shaped = build.reshape(y, [...x.shape.slice(0, -1), units]);
    return activatedAfter(shaped, activation, build);
  };
});

export const CONVOLUTION_LAYERS: Readonly<Record<string, LayerReader>> = {
  Conv1D: conv(1),
  Conv2D: conv(2),
  Conv3D: conv(3),
  DepthwiseConv1D: depthwiseConv(1),
  DepthwiseConv2D: depthwiseConv(2),
  SeparableConv1D: separableConv(1),
  SeparableConv2D: separableConv(2),
  Conv1DTranspose: transposedConv(1),
  Conv2DTranspose: transposedConv(2),
  Conv3DTranspose: transposedConv(3),
  Dense: dense,
};
