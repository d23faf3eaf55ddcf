// The public layers: typical convolutions of vision networks, one of each kind. Other engines are timed on them too.
import { type BenchPass, type Layer, type Shape, square } from "./layer.ts";

const layer = (id: string, shape: Shape, pass: BenchPass = "forward"): Layer => ({ ...shape, id, pass, count: 1 });

const VGG = square(64, 64, 56, 3);
const RESNET = square(128, 128, 28, 3);
const INCEPTION = square(64, 192, 27, 5);

export const LAYERS: readonly Layer[] = [
  layer("L1", VGG),
  layer("L2", RESNET),
  layer("L3", square(256, 256, 14, 3)),
  layer("L4", square(512, 512, 7, 3)),
  layer("L5", square(3, 64, 224, 7, { stride: 2 })),
  layer("L6", square(256, 64, 56, 1)),
  layer("L7", square(64, 256, 56, 1)),
  layer("L8", square(144, 144, 56, 3, { groups: 144 })),
  layer("L9", INCEPTION),
  layer("L10", square(64, 64, 56, 31, { groups: 64 })),
  layer("L11", square(1, 1, 512, 63)),
  layer("L11s", square(1, 1, 128, 63)),
  layer("L12", square(64, 32, 28, 4, { stride: 2, padding: 1 }), "transposed"),
  layer("L13", square(128, 256, 28, 3, { stride: 2 })),
  layer("L14", square(128, 128, 28, 3, { groups: 32 })),
  layer("L15", square(128, 128, 28, 3, { dilation: 2 })),
  layer("L1bd", VGG, "backward-data"),
  layer("L2bd", RESNET, "backward-data"),
  layer("L9bd", INCEPTION, "backward-data"),
  layer("L1bw", VGG, "backward-weights"),
  layer("L2bw", RESNET, "backward-weights"),
  layer("L9bw", INCEPTION, "backward-weights"),
];
