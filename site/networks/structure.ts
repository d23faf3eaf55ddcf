// The structure of each network, as in its paper: a name for each convolution of bench/networks.ts, which of them lie on a side branch, and
// the pooling between them. Receptive fields need all three.
import type { NetworkName } from "../../bench/networks.ts";
import type { Window } from "./arithmetic.ts";

export interface ConvPart {
  readonly kind: "conv";
  readonly name: string;
  /** On a branch beside the main path. */
  readonly side?: boolean;
}

export interface PoolPart {
  readonly kind: "pool";
  readonly name: string;
  readonly window: Window;
}

export type Part = ConvPart | PoolPart;

const conv = (name: string): ConvPart => ({ kind: "conv", name });
const side = (name: string): ConvPart => ({ kind: "conv", name, side: true });
const pool = (name: string, kernel: number, stride: number, padding = 0): PoolPart => ({
  kind: "pool",
  name,
  window: { kernel, stride, padding },
});
/** Pooling over a whole map, which leaves one cell. */
const global = (size: number): PoolPart => pool("global average", size, size);

const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

/** LeCun et al. (1998), section II.B: subsampling by 2x2 means. */
function lenet5(): Part[] {
  return [conv("C1"), pool("S2, average", 2, 2), conv("C3"), pool("S4, average", 2, 2), conv("C5")];
}

/** Krizhevsky et al. (2012), sections 3.4 and 3.5: overlapping pooling after layers 1, 2 and 5. */
function alexnet(): Part[] {
  const overlapping = pool("max", 3, 2);
  return [
    conv("conv1"),
    overlapping,
    conv("conv2"),
    overlapping,
    conv("conv3"),
    conv("conv4"),
    conv("conv5"),
    overlapping,
  ];
}

/** Simonyan and Zisserman (2014), table 1, D: 2x2 max pooling after each stage. */
function vgg16(): Part[] {
  return [2, 2, 3, 3, 3].flatMap((count, stage) => [
    ...range(count).map((at) => conv(`conv${stage + 1}_${at}`)),
    pool("max", 2, 2),
  ]);
}

/** He et al. (2015), table 1. */
function resnet50(): Part[] {
  const blocks = [3, 4, 6, 3].flatMap((count, stage) =>
    range(count).flatMap((at) => {
      const name = `conv${stage + 2}_${at}`;
      return [
        conv(`${name} reduce`),
        conv(`${name} 3×3`),
        ...(at === 1 ? [side(`${name} shortcut`)] : []),
        conv(`${name} expand`),
      ];
    }),
  );
  return [conv("conv1"), pool("max", 3, 2, 1), ...blocks, global(7)];
}

/** Howard et al. (2017), table 1. */
function mobilenetV1(): Part[] {
  return [conv("conv1"), ...range(13).flatMap((at) => [conv(`block ${at} dw`), conv(`block ${at} pw`)]), global(7)];
}

/** Sandler et al. (2018), table 2. */
function mobilenetV2(): Part[] {
  const blocks = range(17).flatMap((at) => [
    ...(at === 1 ? [] : [conv(`block ${at} expand`)]),
    conv(`block ${at} dw`),
    conv(`block ${at} project`),
  ]);
  return [conv("conv1"), ...blocks, conv("conv last"), global(7)];
}

/** Ma et al. (2018), table 5 and figure 3(c, d): the first unit of a stage has two branches, of which the longer is the main path. */
function shufflenetV2(): Part[] {
  const stages = [4, 8, 4].flatMap((count, stage) =>
    range(count).flatMap((at) => {
      const name = `stage ${stage + 2}.${at}`;
      const left = at === 1 ? [side(`${name} left dw`), side(`${name} left pw`)] : [];
      return [...left, conv(`${name} pw in`), conv(`${name} dw`), conv(`${name} pw out`)];
    }),
  );
  return [conv("conv1"), pool("max", 3, 2, 1), ...stages, conv("conv5"), global(7)];
}

/** Chollet (2016), figure 5: max pooling ends the blocks that halve, their 1x1 convolution is the shortcut. */
function xception(): Part[] {
  const separable = (name: string): Part[] => [conv(`${name} dw`), conv(`${name} pw`)];
  const halving = (block: number): Part[] => [
    ...separable(`block ${block} sep 1`),
    ...separable(`block ${block} sep 2`),
    side(`block ${block} shortcut`),
    pool("max", 3, 2, 1),
  ];
  const middle = range(8).flatMap((at) => range(3).flatMap((sep) => separable(`block ${at + 3} sep ${sep}`)));
  return [
    conv("conv1"),
    conv("conv2"),
    ...[1, 2, 3].flatMap(halving),
    ...middle,
    ...halving(12),
    ...separable("exit sep 1"),
    ...separable("exit sep 2"),
    global(10),
  ];
}

/** Springenberg et al. (2014), table 2, C: strides instead of pooling, means over 6x6 at the end. */
function allCnn(): Part[] {
  return [...range(9).map((at) => conv(`conv${at}`)), global(6)];
}

export const PARTS: Readonly<Record<NetworkName, readonly Part[]>> = {
  lenet5: lenet5(),
  alexnet: alexnet(),
  vgg16: vgg16(),
  resnet50: resnet50(),
  "mobilenet-v1": mobilenetV1(),
  "mobilenet-v2": mobilenetV2(),
  "shufflenet-v2": shufflenetV2(),
  xception: xception(),
  "all-cnn": allCnn(),
};
