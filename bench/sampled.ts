// The sampled suite: layers drawn by a seed from families of layers that networks in use have, in sizes that nobody tuned for. The same seed draws
// the same layers.
import { type BenchPass, type Layer, type Shape, layerMultiplyAdds, shapeKey, square } from "./layer.ts";

/** The most multiply-adds of a layer with its batch: software adapters take a tenth of a second or less. */
const MOST_MULTIPLY_ADDS = 2.5e8;

/** Numbers of the largest tensor. */
const MOST_NUMBERS = 2 ** 23;

/** The shares of the passes, out of ten. */
const PASSES: readonly BenchPass[] = [
  ...Array.from({ length: 8 }, () => "forward" as const),
  "backward-data",
  "backward-weights",
];

const BATCHES = [1, 1, 1, 1, 2, 4, 8];

/** Returns one of the values. */
type Draw = <T>(values: readonly T[]) => T;

/** Draws by a seed (mulberry32, Ettinger 2017). */
function drawBy(seed: number): Draw {
  let state = seed | 0;
  return (values) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return values[((mixed ^ (mixed >>> 14)) >>> 0) % values.length]!;
  };
}

/** Sizes of maps: of pictures of 192 to 384 pixels, divided by strides. */
const SMALL = [7, 10, 12, 14, 15, 20, 24];
const MIDDLE = [20, 24, 28, 30, 38, 40];
const LARGE = [40, 48, 56, 60, 80];

interface Family {
  readonly name: string;
  /** How often it is drawn, beside the others. */
  readonly weight: number;
  readonly shape: (draw: Draw) => Shape;
  /** One of PASSES unless given. */
  readonly pass?: BenchPass;
}

const FAMILIES: readonly Family[] = [
  {
    // MobileNet v2 and v3, EfficientNet: the 1x1 convolutions around a depthwise one.
    name: "expand",
    weight: 3,
    shape(draw) {
      const channels = draw([16, 24, 32, 40, 48, 80, 96, 112, 160, 192, 320]);
      const wide = channels * draw([3, 4, 6]);
      const size = draw(channels > 80 ? SMALL : [...SMALL, ...MIDDLE, ...LARGE]);
      return draw([true, false]) ? square(channels, wide, size, 1) : square(wide, channels, size, 1);
    },
  },
  {
    name: "depthwise",
    weight: 4,
    shape(draw) {
      const channels = draw([48, 72, 96, 120, 144, 192, 240, 288, 480, 576, 672, 960]);
      const size = draw(channels > 288 ? SMALL : [...SMALL, ...MIDDLE, ...LARGE]);
      return square(channels, channels, size, draw([3, 3, 5]), { stride: draw([1, 1, 2]), groups: channels });
    },
  },
  {
    // ResNet and its kin: 3x3 kernels within bottlenecks, in groups with RegNet.
    name: "residual",
    weight: 5,
    shape(draw) {
      const channels = draw([48, 64, 96, 128, 144, 192, 256, 320]);
      const groups = draw([1, 1, 1, 1, channels / 16]);
      const outputs = groups > 1 ? channels : draw([channels, channels, channels, Math.round(channels * 1.5)]);
      const size = draw(channels > 128 ? SMALL : [...SMALL, ...MIDDLE, ...LARGE]);
      return square(channels, outputs, size, 3, { stride: draw([1, 1, 1, 2]), groups });
    },
  },
  {
    name: "shortcut",
    weight: 2,
    shape(draw) {
      const channels = draw([64, 96, 128, 192, 256, 320, 512]);
      const outputs = draw([channels / 4, channels, 2 * channels]);
      return square(channels, outputs, draw([...SMALL, ...MIDDLE]), 1, { stride: draw([1, 2]) });
    },
  },
  {
    // U-Net: after a concatenation, and between its levels.
    name: "decoder",
    weight: 2,
    shape(draw) {
      const outputs = draw([24, 32, 48, 64, 96]);
      return square(outputs * draw([2, 3]), outputs, draw([...MIDDLE, ...LARGE]), 3);
    },
  },
  {
    name: "upscale",
    weight: 2,
    pass: "transposed",
    shape(draw) {
      const channels = draw([24, 48, 64, 96, 128, 192]);
      const [kernel, padding] = draw([
        [2, 0],
        [4, 1],
        [3, 1],
      ] as const);
      return square(channels, channels / draw([1, 2]), draw([7, 10, 12, 14, 20, 24, 30]), kernel, {
        stride: 2,
        padding,
      });
    },
  },
  {
    // ConvNeXt: 7x7 depthwise, and kernels as large as their stride.
    name: "convnext",
    weight: 2,
    shape(draw) {
      const channels = draw([96, 128, 192, 384]);
      const size = draw(channels > 128 ? SMALL : [...SMALL, ...MIDDLE, 56]);
      return draw([true, true, false])
        ? square(channels, channels, size, 7, { groups: channels })
        : square(channels, 2 * channels, 2 * Math.ceil(size / 2), 2, { stride: 2, padding: 0 });
    },
  },
  {
    // Segmentation: dilated kernels on maps that keep their size, full or depthwise.
    name: "dilated",
    weight: 4,
    shape(draw) {
      const channels = draw([48, 64, 96, 144, 192, 320]);
      const dilation = draw([2, 4, 4, 4, 6, 12]);
      const size = draw([20, 24, 28, 30, 33, 40]);
      const groups = draw([1, 1, channels]);
      return square(channels, channels, size, 3, { dilation, groups });
    },
  },
  {
    // ESRGAN: dense blocks, whose inputs grow by 32 channels.
    name: "dense",
    weight: 2,
    shape: (draw) => square(draw([64, 96, 128, 160]), draw([32, 32, 64]), draw([30, 32, 40, 48, 64]), 3),
  },
  {
    name: "stem",
    weight: 2,
    shape(draw) {
      const [kernel, stride] = draw([
        [3, 2],
        [3, 1],
        [5, 1],
        [7, 2],
        [9, 1],
      ] as const);
      return square(draw([1, 3, 3]), draw([16, 24, 32, 48, 64]), draw([64, 96, 128, 160, 192]), kernel, {
        stride,
      });
    },
  },
];

const BY_WEIGHT = FAMILIES.flatMap((family) => Array.from({ length: family.weight }, () => family));

/** Draws layers, each another one. */
export function sampledLayers(seed: number, count: number): Layer[] {
  const draw = drawBy(seed);
  const layers = new Map<string, Layer>();
  while (layers.size < count) {
    const { name, shape, pass = draw(PASSES) } = draw(BY_WEIGHT);
    const layer: Layer = { ...shape(draw), id: `${name}-${layers.size + 1}`, pass, count: 1, batch: draw(BATCHES) };
    const { channels, outputs, input, batch = 1 } = layer;
    const cells = input.reduce((product, size) => product * size, batch);
    const fits = cells * Math.max(channels, outputs) <= MOST_NUMBERS && layerMultiplyAdds(layer) <= MOST_MULTIPLY_ADDS;
    const key = `${pass} ${shapeKey(layer)}`;
    if (fits && !layers.has(key)) layers.set(key, layer);
  }
  return [...layers.values()];
}
