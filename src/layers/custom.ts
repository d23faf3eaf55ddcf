// Layers beyond Keras': those of the caller, and those of the ESRGAN models of UpscalerJS.
import type { Value } from "../model/graph.ts";
import { type Fields, invalid } from "./config.ts";
import { type Layer, type LayerBuilder, type LayerReader, unary } from "./layer.ts";
import type { Weight } from "./weights.ts";

/** What a function for layers of the caller's own gets. */
export interface CustomLayer {
  readonly name: string;
  /** As it stands in the file. */
  readonly config: Fields;
  /** The results of other layers that it is called with; maps have the channels last. */
  readonly inputs: readonly Value[];
  /** Adds nodes and constants to the graph. */
  readonly builder: LayerBuilder;
  /**
   * Returns weights of the layer, by their name in it ("kernel").
   * @throws ConvError if there are none
   */
  readonly weight: (name: string) => Weight;
}

/** Adds the nodes of a layer to the graph. Returns its result, or several in their order. */
export type CustomLayerFunction = (layer: CustomLayer) => Value | readonly Value[];

export function customReader(add: CustomLayerFunction): LayerReader {
  return (layer: Layer) => (inputs, builder) =>
    add({
      name: layer.name,
      config: layer.config.fields,
      inputs,
      builder,
      weight: (name) => layer.weight(name, { place: -1 }),
    });
}

/** The factor of MultiplyBeta, which its configuration does not have. */
const BETA = 0.2;

/**
 * tf.depthToSpace: channel (i * factor + j) * C + c of a cell becomes channel c of the fine cell at row i and column j. PyTorch's
 * pixelShuffle has its channels in another order.
 */
const depthToSpace = (factor: number): LayerReader =>
  unary(
    (layer) => (x, build) => {
      const [batch, height, width, channels] = x.shape as [number, number, number, number];
      const fine = channels / factor ** 2;
      if (!Number.isInteger(fine)) invalid(`layer ${layer.name}`, channels, `a multiple of ${factor ** 2} channels`);
      const split = build.reshape(x, [batch, height, width, factor, factor, fine]);
      const moved = build.node("transpose", { x: split }, { permutation: [0, 1, 3, 2, 4, 5] });
      return build.reshape(moved, [batch, height * factor, width * factor, fine]);
    },
    [4],
  );

export const ESRGAN_LAYERS: Readonly<Record<string, LayerReader>> = {
  MultiplyBeta: unary(() => (x, build) => build.scaled(x, BETA)),
  PixelShuffle2x: depthToSpace(2),
  PixelShuffle3x: depthToSpace(3),
  PixelShuffle4x: depthToSpace(4),
  PixelShuffle8x: depthToSpace(8),
};
