// Layers that move, resize or scale what they get, or pass it on.
import { describe } from "../base/error.ts";
import { invalid, unserved } from "./config.ts";
import { type LayerReader, unary } from "./layer.ts";

/** Layers that act in training alone. */
const identity: LayerReader = unary(() => (x) => x);

/** The order of elements is that of channels-last maps, for both data formats. */
const flatten: LayerReader = unary(({ config }) => {
  const first = config.isChannelsFirst();
  return (x, build) => {
    const axes = x.shape.map((_, axis) => axis);
    const permutation = [0, ...axes.slice(2), 1];
    const last = first && axes.length > 2 ? build.node("transpose", { x }, { permutation }) : x;
    return build.reshape(last, [x.shape[0]!, x.shape.slice(1).reduce((product, size) => product * size, 1)]);
  };
});

const reshape: LayerReader = unary(({ name, config }) => {
  const target = config.list("target_shape", { initial: [], least: -1, open: true });
  return (x, build) => {
    const size = x.shape.slice(1).reduce((product, one) => product * one, 1);
    const known = target.reduce((product, one) => (one === -1 ? product : product * one), 1);
    const shape = target.map((one) => (one === -1 ? size / known : one));
    if (target.filter((one) => one === -1).length > 1 || !shape.every(Number.isInteger))
      invalid(`layer ${name}: target_shape`, target, `sizes for the ${size} elements of ${describe(x.shape.slice(1))}`);
    return build.reshape(x, [x.shape[0]!, ...shape]);
  };
});

const permute: LayerReader = unary(({ config }) => {
  const order = config.list("dims", { initial: [] });
  return (x, build) => build.node("transpose", { x }, { permutation: [0, ...order] });
});

const repeatVector: LayerReader = unary(
  ({ config }) => {
    const count = config.integer("n");
    return (x, build) => {
      const [batch, size] = x.shape as [number, number];
      return build.node("expand", { x: build.reshape(x, [batch, 1, size]) }, { shape: [batch, count, size] });
    };
  },
  [2],
);

/** Padding, and with the sign -1 cropping. */
const padded = (field: string, rank: number, sign: 1 | -1): LayerReader =>
  unary(
    ({ config }) => {
      const pairs = config.pairs(field, rank, 1).map(([begin, end]) => [sign * begin || 0, sign * end || 0]);
      const padding = config.isChannelsFirst() ? [[0, 0], [0, 0], ...pairs] : [[0, 0], ...pairs, [0, 0]];
      return (x, build) => build.node("pad", { x }, { padding });
    },
    [rank + 2],
  );

const INTERPOLATIONS = ["nearest", "bilinear"] as const;

/** By TensorFlow.js' places of cells, which are not those of Keras: the first cells lie upon each other. */
const upSampling = (rank: number): LayerReader =>
  unary(
    ({ config }) => {
      const scale = config.integers("size", rank, { initial: 2 });
      const first = config.isChannelsFirst();
      const interpolation = config.choice("interpolation", rank === 2 ? INTERPOLATIONS : ["nearest"], "nearest");
      const mode = interpolation === "bilinear" ? { mode: "linear" } : { mode: "nearest", rounding: "floor" };
      const options = { scale, ...mode, coordinates: "asymmetric" };
      return (x, build) => build.channelsLast(x, first, (map) => build.node("resize", { x: map }, options));
    },
    [rank + 2],
  );

/** By Keras' places, whose cells lie around their centres: TensorFlow.js has the layer and cannot run it in a model. */
const resizing: LayerReader = unary(
  ({ config }) => {
    const outputSize = [config.integer("height"), config.integer("width")];
    const interpolation = config.choice("interpolation", INTERPOLATIONS, "bilinear");
    config.without("crop_to_aspect_ratio", false);
    config.without("pad_to_aspect_ratio", false);
    const first = config.isChannelsFirst();
    const mode = interpolation === "bilinear" ? { mode: "linear" } : { mode: "nearest", rounding: "round-prefer-ceil" };
    const options = { outputSize, ...mode, coordinates: "half-pixel" };
    return (x, build) => build.channelsLast(x, first, (map) => build.node("resize", { x: map }, options));
  },
  [4],
);

const rescaling: LayerReader = unary(({ config }) => {
  for (const name of ["scale", "offset"]) if (Array.isArray(config.get(name))) unserved(`${name} with several numbers`);
  const [scale, offset] = [config.number("scale"), config.number("offset", 0)];
  return (x, build) => build.scaled(x, scale, offset);
});

const IDENTITIES = [
  ...["Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout", "GaussianDropout"],
  ...["GaussianNoise", "ActivityRegularization", "RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom"],
  ...["RandomContrast", "RandomBrightness", "Identity"],
];

export const SHAPE_LAYERS: Readonly<Record<string, LayerReader>> = {
  .../* @__PURE__ */ Object.fromEntries(IDENTITIES.map((name) => [name, identity])),
  Flatten: flatten,
  Reshape: reshape,
  Permute: permute,
  RepeatVector: repeatVector,
  ZeroPadding1D: padded("padding", 1, 1),
  ZeroPadding2D: padded("padding", 2, 1),
  ZeroPadding3D: padded("padding", 3, 1),
  Cropping1D: padded("cropping", 1, -1),
  Cropping2D: padded("cropping", 2, -1),
  Cropping3D: padded("cropping", 3, -1),
  UpSampling1D: upSampling(1),
  UpSampling2D: upSampling(2),
  UpSampling3D: upSampling(3),
  Resizing: resizing,
  Rescaling: rescaling,
};
