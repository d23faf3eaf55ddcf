// Tiled runs: a picture of any size through a network in bounded memory, tile by tile.
import type { TensorDtype } from "../base/dtype.ts";
import { refuse, words } from "../base/error.ts";
import { elementCount } from "../base/shape.ts";
import { RANKS, checkInteger, checkOptions, checkPerAxis, checkShape, checkSignal } from "../base/validate.ts";
import type { Engine } from "../engine.ts";
import { run, whole } from "../gpu/operation.ts";
import { Tensor } from "../gpu/tensor.ts";
import { copyStep } from "../ops/shared/copy.ts";
import { axesOf, channelAxis } from "../ops/shared/geometry/axis.ts";
import { type StridedCopy, type View, startingAt, wholeView } from "../ops/shared/geometry/strided.ts";
import { copyStrided } from "../ops/shared/reference/strided.ts";
import { slice } from "../ops/slice/slice.ts";
import type { ModelSource, ModelTensor } from "./graph.ts";
import { type ModelData, type ModelInputs, checkCount, checkTensorOf, isData } from "./inputs.ts";
import { dropDead } from "./passes/drop-dead.ts";
import { checkShapes } from "./shapes.ts";
import { type TiledResult, type Tiling, tilingOf } from "./tiling.ts";

/** A part of an output, as it is computed. */
export interface TilePiece {
  /** The name of the output. */
  readonly name: string;
  /** Its elements, in row-major order of `shape`. */
  readonly data: Float32Array | Uint32Array;
  readonly shape: readonly number[];
  /** The place of its first element in the whole output, along each axis. */
  readonly start: readonly number[];
}

/** How far a tiled run is. */
export interface TiledProgress {
  /** Tiles that are done. */
  readonly done: number;
  readonly total: number;
}

/** Options of `model.runTiled`. */
export interface TiledOptions {
  /**
   * The axes of the input along which it is divided: its spatial axes, unless given. An ONNX file converted from one with channels last may declare
   * [1, height, width, channels], of which nothing says that the spatial axes are 1 and 2.
   */
  axes?: readonly number[];
  /**
   * The most cells of a tile along each of these axes, the cells that are computed twice at its borders included: a number for all axes, or one
   * for each; 256 by default.
   */
  tile?: number | readonly number[];
  /** Called before the first tile and after each. */
  progress?: (progress: TiledProgress) => void;
  /** When it aborts, the promise rejects with its reason before the next tile. */
  signal?: AbortSignal;
  /** Takes the parts of the outputs, which are then not put together: for results that are too large for memory. The next tile waits for it. */
  write?: (piece: TilePiece) => void | Promise<void>;
}

const DEFAULT_TILE = 256;

/** Checked options, with the most cells of a tile along each axis that may be divided. */
interface CheckedTiles {
  readonly tile: ReadonlyMap<number, number>;
  readonly options: TiledOptions;
}

/** @throws ConvError naming the option */
function checkTiledOptions(
  given: unknown,
  { shape, layout }: { shape: readonly number[]; layout: ModelTensor["layout"] },
): CheckedTiles {
  const options = checkOptions("options", given, ["tile", "axes", "progress", "signal", "write"]) as TiledOptions;
  const { tile = DEFAULT_TILE, progress, signal, write } = options;
  for (const [name, value] of Object.entries({ progress, write }))
    if (value !== undefined && typeof value !== "function") refuse("invalid-argument", name, value, "a function");
  checkSignal("signal", signal);
  const channels = channelAxis(shape, layout);
  const spatial = [...shape.keys()].filter((axis) => axis !== 0 && axis !== channels);
  const axes = options.axes === undefined ? spatial : axesOf(options.axes, shape.length);
  if (axes.length === 0) refuse("shape-mismatch", "x.shape", shape, "a feature map, which has spatial axes");
  const sizes = Array.isArray(tile)
    ? checkPerAxis("tile", tile, axes.length, 1)
    : axes.map(() => checkInteger("tile", tile, 1));
  return { options, tile: new Map(axes.map((axis, at) => [axis, sizes[at]!])) };
}

/** A picture: its elements on the GPU or not. */
export type Picture = Tensor<TensorDtype> | ModelData;

/** An output that is not on the GPU. */
export interface TiledData extends ModelData {
  readonly data: Float32Array | Uint32Array;
}

/** Outputs by name, where the input was. */
export type TiledOutputs = Record<string, Tensor<TensorDtype> | TiledData>;

/** A box of elements. */
interface Box {
  readonly start: readonly number[];
  readonly sizes: readonly number[];
}

const viewOf = (shape: readonly number[], { start }: Box): View =>
  start.reduce((view, cell, axis) => startingAt(view, axis, cell), wholeView(shape));

/** The copy of a box of one shape to a box of another. */
const copyOf = (shape: readonly number[], from: Box, other: readonly number[], to: Box): StridedCopy => ({
  sizes: from.sizes,
  from: viewOf(shape, from),
  to: viewOf(other, to),
});

/** Cuts a box out of a picture. */
function cut(picture: Picture, box: Box): Picture {
  const { start, sizes } = box;
  if (picture instanceof Tensor)
    return slice(picture, { starts: start, ends: start.map((cell, axis) => cell + sizes[axis]!) });
  const origin = { start: start.map(() => 0), sizes };
  const data = new Float32Array(elementCount(sizes));
  return { data: copyStrided(picture.data, copyOf(picture.shape, box, sizes, origin), data), shape: sizes };
}

/** The parts of the outputs of a tile. */
function pieceOf(shape: readonly number[], results: readonly TiledResult[], tile: readonly number[]) {
  const [from, to, sizes] = [shape.map(() => 0), shape.map(() => 0), [...shape]];
  results.forEach(({ axis, pieces }, at) => {
    const piece = pieces[tile[at]!]!;
    [from[axis], to[axis], sizes[axis]] = [piece.from, piece.to, piece.count];
  });
  return { from: { start: from, sizes }, to: { start: to, sizes } };
}

/** Where the parts of an output go. */
interface Target {
  put(tensor: Tensor<TensorDtype>, from: Box, to: Box): Promise<void>;
}

/** Puts parts into a tensor. */
function intoTensor(target: Tensor<TensorDtype>): Target {
  return {
    put: (tensor, from, to) => {
      const copy = copyOf(tensor.shape, from, target.shape, to);
      run({
        name: "runTiled",
        inputs: { tensor, target },
        results: {},
        updates: ["target"],
        parameters: copy,
        recipe: () => ({ steps: [copyStep(tensor.dtype, copy, whole("tensor", tensor), whole("target", target))] }),
      });
      return tensor.gpu.device.queue.onSubmittedWorkDone();
    },
  };
}

/** Reads a part. */
async function readPart(tensor: Tensor<TensorDtype>, { start, sizes }: Box): Promise<Float32Array | Uint32Array> {
  if (sizes.join() === tensor.shape.join()) return tensor.read();
  using part = slice(tensor, { starts: start, ends: start.map((cell, axis) => cell + sizes[axis]!) });
  return await part.read();
}

/** What a tiled run takes of a model. */
export interface TiledModel {
  readonly engine: Engine;
  readonly source: ModelSource;
  /** The tilings of the last pictures. */
  readonly tilings: Map<string, Tiling>;
}

/** Runs the model on a tile. */
type Run = (inputs: ModelInputs, signal: AbortSignal | undefined) => Promise<Record<string, Tensor<TensorDtype>>>;

/** Most tilings that are kept. */
const MAX_TILINGS = 16;

/**
 * Checks the picture of a tiled run.
 * @throws ConvError naming what does not fit
 */
function checkPicture<Given extends Tensor<TensorDtype> | ModelData>(
  engine: Engine,
  input: ModelTensor,
  x: Given,
): Given {
  if (x instanceof Tensor) {
    checkTensorOf(engine, input, x);
    return x;
  }
  if (!isData(x)) refuse("invalid-argument", "x", x, "a tensor or { data, shape }");
  checkCount("x.data", x.data, checkShape("x.shape", x.shape, RANKS));
  return x;
}

/** `model.runTiled`, by the model's `run`. */
export async function runTiled(model: TiledModel, x: Picture, given: TiledOptions, call: Run): Promise<TiledOutputs> {
  const { engine, source, tilings } = model;
  const input = onlyInput(source.inputs);
  const picture = checkPicture(engine, input, x);
  const { shape } = picture;
  const { tile, options } = checkTiledOptions(given, { shape, layout: input.layout });
  const key = JSON.stringify([shape, [...tile]]);
  let tiling = tilings.get(key);
  if (!tiling) {
    checkShapes(source.inputs, { [input.name]: shape });
    tiling = tilingOf((sizes) => dropDead(source.graph({ [input.name]: sizes })), shape, tile);
    if (tilings.size === MAX_TILINGS) tilings.clear();
    tilings.set(key, tiling);
  }
  return runTiles(engine, picture, tiling, options, (part) => call({ [input.name]: part }, options.signal));
}

/** Runs the tiles of a picture one after the other. */
async function runTiles(
  engine: Engine,
  picture: Picture,
  tiling: Tiling,
  { progress, signal, write }: TiledOptions,
  runTile: (tile: Picture) => Promise<Record<string, Tensor<TensorDtype>>>,
): Promise<TiledOutputs> {
  const { axes, shape } = tiling;
  const total = axes.reduce((product, { starts }) => product * starts.length, 1);
  const outputs: TiledOutputs = {};
  const targets = new Map<string, Target>();
  const targetOf = (name: string, { dtype, layout }: Tensor<TensorDtype>): Target => {
    const known = targets.get(name);
    if (known) return known;
    const sizes = tiling.shapes.get(name)!;
    let target: Target;
    if (write) {
      target = {
        put: async (tensor, from, to) =>
          write({ name, data: await readPart(tensor, from), shape: to.sizes, start: to.start }),
      };
    } else if (picture instanceof Tensor) {
      const all = engine.empty(sizes, { dtype, layout });
      outputs[name] = all;
      target = intoTensor(all);
    } else {
      const count = elementCount(sizes);
      const data = dtype === "u32" ? new Uint32Array(count) : new Float32Array(count);
      outputs[name] = { data, shape: sizes };
      target = {
        put: async (tensor, from, to) => {
          const origin = { start: from.start.map(() => 0), sizes: from.sizes };
          copyStrided(await readPart(tensor, from), copyOf(from.sizes, origin, sizes, to), data);
        },
      };
    }
    targets.set(name, target);
    return target;
  };
  try {
    for (let done = 0; ; done++) {
      progress?.({ done, total });
      if (done === total) return outputs;
      // The page has its turn between tiles.
      await new Promise<void>((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
      const tile = placeOf(
        done,
        axes.map(({ starts }) => starts.length),
      );
      const start = shape.map(() => 0);
      axes.forEach(({ axis, starts }, at) => (start[axis] = starts[tile[at]!]!));
      const box = cut(picture, { start, sizes: shape });
      let results: Record<string, Tensor<TensorDtype>> = {};
      try {
        results = await runTile(box);
        for (const [name, tensor] of Object.entries(results)) {
          const { from, to } = pieceOf(tensor.shape, tiling.outputs.get(name)!, tile);
          await targetOf(name, tensor).put(tensor, from, to);
        }
      } finally {
        if (box instanceof Tensor) box.destroy();
        for (const tensor of Object.values(results)) tensor.destroy();
      }
    }
  } catch (error) {
    for (const output of Object.values(outputs)) if (output instanceof Tensor) output.destroy();
    throw error;
  }
}

/** The tile of a number, along each axis, the last changing first. */
function placeOf(index: number, counts: readonly number[]): number[] {
  const tile = counts.map(() => 0);
  let rest = index;
  for (let axis = counts.length - 1; axis >= 0; axis--) {
    tile[axis] = rest % counts[axis]!;
    rest = Math.floor(rest / counts[axis]!);
  }
  return tile;
}

/** @throws ConvError unless a model has one input */
function onlyInput(inputs: readonly ModelTensor[]): ModelTensor {
  const [input] = inputs;
  if (!input || inputs.length !== 1)
    refuse("unsupported-model", "model.runTiled", words(`a model of ${inputs.length} inputs`), "one input");
  return input;
}
