// The convolutions of well-known networks at their usual input sizes, built as their papers describe them; fully connected layers and
// pooling are left out.
import { type Layer, type Shape, distinct, square } from "./layer.ts";
import { BOTTLENECKS } from "./mobilenet-v2.ts";

/** A depthwise convolution and the 1x1 convolution that mixes its channels. */
function separable(channels: number, outputs: number, size: number, stride = 1): Shape[] {
  return [depthwise(channels, size, stride), square(channels, outputs, size / stride, 1)];
}

function depthwise(channels: number, size: number, stride = 1): Shape {
  return square(channels, channels, size, 3, { stride, groups: channels });
}

/** LeCun et al. (1998), with every map of the second layer seeing all of the first. */
function lenet5(): Shape[] {
  return [
    square(1, 6, 32, 5, { padding: 0 }),
    square(6, 16, 14, 5, { padding: 0 }),
    square(16, 120, 5, 5, { padding: 0 }),
  ];
}

/** Krizhevsky et al. (2012), in the two groups of the paper. */
function alexnet(): Shape[] {
  return [
    square(3, 96, 227, 11, { stride: 4, padding: 0 }),
    square(96, 256, 27, 5, { groups: 2 }),
    square(256, 384, 13, 3),
    square(384, 384, 13, 3, { groups: 2 }),
    square(384, 256, 13, 3, { groups: 2 }),
  ];
}

/** Simonyan and Zisserman (2014), configuration D. */
function vgg16(): Shape[] {
  const stages = [
    [224, 64, 2],
    [112, 128, 2],
    [56, 256, 3],
    [28, 512, 3],
    [14, 512, 3],
  ] as const;
  let channels = 3;
  return stages.flatMap(([size, outputs, count]) =>
    Array.from({ length: count }, () => {
      const layer = square(channels, outputs, size, 3);
      channels = outputs;
      return layer;
    }),
  );
}

/** He et al. (2015), with the stride in the 3x3 layer, as frameworks have it. */
function resnet50(): Shape[] {
  const stages = [
    [64, 3, 1],
    [128, 4, 2],
    [256, 6, 2],
    [512, 3, 2],
  ] as const;
  const layers = [square(3, 64, 224, 7, { stride: 2 })];
  let [channels, size] = [64, 56];
  for (const [width, blocks, first] of stages) {
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 ? first : 1;
      layers.push(square(channels, width, size, 1), square(width, width, size, 3, { stride }));
      if (block === 0) layers.push(square(channels, 4 * width, size, 1, { stride }));
      size /= stride;
      channels = 4 * width;
      layers.push(square(width, channels, size, 1));
    }
  }
  return layers;
}

/** Howard et al. (2017), width 1. */
function mobilenetV1(): Shape[] {
  const blocks = [
    [64, 1],
    [128, 2],
    [128, 1],
    [256, 2],
    [256, 1],
    [512, 2],
    ...Array.from({ length: 5 }, () => [512, 1] as const),
    [1024, 2],
    [1024, 1],
  ] as const;
  let [channels, size] = [32, 112];
  const layers = [square(3, channels, 224, 3, { stride: 2 })];
  for (const [outputs, stride] of blocks) {
    layers.push(...separable(channels, outputs, size, stride));
    size /= stride;
    channels = outputs;
  }
  return layers;
}

/** Sandler et al. (2018). */
function mobilenetV2(): Shape[] {
  let [channels, size] = [32, 112];
  const layers = [square(3, channels, 224, 3, { stride: 2 })];
  for (const [expansion, outputs, count, first] of BOTTLENECKS) {
    for (let block = 0; block < count; block++) {
      const stride = block === 0 ? first : 1;
      const width = channels * expansion;
      if (expansion > 1) layers.push(square(channels, width, size, 1));
      layers.push(...separable(width, outputs, size, stride));
      size /= stride;
      channels = outputs;
    }
  }
  return [...layers, square(channels, 1280, size, 1)];
}

/** Ma et al. (2018), width 1: blocks work on half of the channels, the first of each stage on all of them in two branches. */
function shufflenetV2(): Shape[] {
  const stages = [
    [116, 4],
    [232, 8],
    [464, 4],
  ] as const;
  let [channels, size] = [24, 56];
  const layers = [square(3, channels, 224, 3, { stride: 2 })];
  for (const [outputs, blocks] of stages) {
    const half = outputs / 2;
    layers.push(
      ...separable(channels, half, size, 2),
      square(channels, half, size, 1),
      ...separable(half, half, size, 2),
    );
    size /= 2;
    for (let block = 1; block < blocks; block++)
      layers.push(square(half, half, size, 1), ...separable(half, half, size));
    channels = outputs;
  }
  return [...layers, square(channels, 1024, size, 1)];
}

/** Chollet (2016), figure 5, at 299 x 299. Pooling, which halves and rounds up, follows each pair of the entry flow. */
function xception(): Shape[] {
  const layers = [square(3, 32, 299, 3, { stride: 2, padding: 0 }), square(32, 64, 149, 3, { padding: 0 })];
  const halved = (channels: number, middle: number, outputs: number, size: number): void => {
    layers.push(...separable(channels, middle, size), ...separable(middle, outputs, size));
    layers.push(square(channels, outputs, size, 1, { stride: 2 }));
  };
  halved(64, 128, 128, 147);
  halved(128, 256, 256, 74);
  halved(256, 728, 728, 37);
  for (let block = 0; block < 8 * 3; block++) layers.push(...separable(728, 728, 19));
  halved(728, 728, 1024, 19);
  return [...layers, ...separable(1024, 1536, 10), ...separable(1536, 2048, 10)];
}

/** Springenberg et al. (2014), All-CNN-C on 32 x 32. */
function allCnn(): Shape[] {
  return [
    square(3, 96, 32, 3),
    square(96, 96, 32, 3),
    square(96, 96, 32, 3, { stride: 2 }),
    square(96, 192, 16, 3),
    square(192, 192, 16, 3),
    square(192, 192, 16, 3, { stride: 2 }),
    square(192, 192, 8, 3, { padding: 0 }),
    square(192, 192, 6, 1),
    square(192, 10, 6, 1),
  ];
}

/** The convolutions of each network in order, side branches in their place, by the network's name. */
export const SEQUENCES = {
  lenet5: lenet5(),
  alexnet: alexnet(),
  vgg16: vgg16(),
  resnet50: resnet50(),
  "mobilenet-v1": mobilenetV1(),
  "mobilenet-v2": mobilenetV2(),
  "shufflenet-v2": shufflenetV2(),
  xception: xception(),
  "all-cnn": allCnn(),
} satisfies Record<string, readonly Shape[]>;

export type NetworkName = keyof typeof SEQUENCES;

/** The distinct layers of each network, by its name. */
export const NETWORKS: Readonly<Record<string, readonly Layer[]>> = Object.fromEntries(
  Object.entries(SEQUENCES).map(([name, shapes]) => [name, distinct(name, shapes)]),
);
