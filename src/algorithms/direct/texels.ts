// Direct kernels for adapters that load from textures and uniforms many times as fast as from storage (lavapipe): a texel is four neighbouring cells, and
// the prepacked weights of some tiles of channels at a time are bound as uniforms. So is an input that is small enough, which saves the copy into a
// texture and the compute pass that the copy ends. They serve `direct` and, with groups of one input channel, `depthwise`.
//
// Medians there in milliseconds, copies of the input included, beside kernels that load it from storage (two cores, other work beside): depthwise 5x5
// over 192 channels at 24 x 24 0.76 and 1.49; 7x7 over 128 at 15 x 15 0.39 and 0.86; 3x3 at stride 2 over 480 at 14 x 14 0.20 and 0.44; 3x3 over 120 at
// 10 x 10 0.09 and 0.11; direct 3x3, dilated by 6, 48 to 48 at 30 x 30 2.25 and 4.17.
//
// Calls with the input as uniforms take two thirds of those with a texture: depthwise 3x3 over 120 channels at 10 x 10 0.23 ms and 0.33, 3x3 from 144 to
// 144 in 9 groups at 7 x 7 0.40 and 0.58, 1x1 from 144 to 24 at 10 x 10 0.23 and 0.34.
import storeChannelShader from "../../../shaders/algorithms/direct/store-channel.wgsl";
import storeChannelsShader from "../../../shaders/algorithms/direct/store-channels.wgsl";
import storeOneShader from "../../../shaders/algorithms/direct/store-one.wgsl";
import directTexelsShader from "../../../shaders/algorithms/direct/texels.wgsl";
import oneStepShader from "../../../shaders/algorithms/direct/texels/one-step.wgsl";
import stepsShader from "../../../shaders/algorithms/direct/texels/steps.wgsl";
import weightsRowsShader from "../../../shaders/algorithms/direct/weights-rows.wgsl";
import weightsTermsShader from "../../../shaders/algorithms/direct/weights-terms.wgsl";
import loadTexelShader from "../../../shaders/lib/load-texel.wgsl";
import loadUniformShader from "../../../shaders/lib/load-uniform.wgsl";
import texelShader from "../../../shaders/lib/texel.wgsl";
import { F32_BYTES } from "../../kernel/element-types.ts";
import { BINDING, STORAGE_ALIGNMENT, type Step } from "../../kernel/step.ts";
import { TEXTURE_WIDTH, textureBytes } from "../../kernel/textures.ts";
import type { Correlation } from "../../problem/correlation.ts";
import { type Candidate, type Kernels, SEQUENTIAL_SUM, type Variant } from "../algorithm.ts";
import { OUTPUT_LOADS, type Work, divide, estimate, numberBytes } from "../cost.ts";
import { sharing, tilesAlong } from "../depthwise/tile.ts";
import { type Unpacked, packStep, packedSize } from "../gemm/pack.ts";
import { VECTOR_BYTES, evenParts } from "../gemm/uniform-weights.ts";
import { termRows } from "../gemm/weights.ts";
import { channelUniforms, dispatchOn, operandBytes, preparedRange, result, whole } from "../operands.ts";
import type { DeviceTraits } from "../traits.ts";
import { divisorUpTo } from "./direct.ts";
import { packedTile, tileRows } from "./uniform.ts";

/** Most multiply-adds to unroll for a step. */
const MAX_UNROLLED = 720;

/** Most sums of a thread. */
const MAX_SUMS = 256;

const HEIGHTS = [1, 2, 4, 5, 7, 8, 10];
const WIDTHS = [1, 2, 4, 5, 7, 8, 10, 12, 14, 15, 16];

/**
 * Costs in equivalent loads, measured on lavapipe, where a number from storage takes 1.4 ns on two cores: of a texel (2 ns), of a cell that is moved to
 * its place, of a number from uniforms.
 */
const COST = { texel: 1.4, cell: 0.05, weight: 0.2 };

/** Invocations of a workgroup: few, since few tiles have to keep two cores busy, but each takes 0.2 us to start. */
const WORKGROUP = 16;

/** The tile of first calls has at most so many outputs along each axis. */
const BRIEF = { tileP: 2, tileQ: 4 };

interface TexelTile extends Variant {
  /** Outputs of a column and of a row, and output channels of a group, in vectors of `lanes`. */
  readonly tileP: number;
  readonly tileQ: number;
  readonly tileV: number;
  readonly lanes: 1 | 4;
  /** Whether the input is bound as uniforms, not as a texture. */
  readonly uniform: boolean;
}

/** Whether the kernels serve a correlation: two axes of contiguous rows, in float32, with padding of one value and weights to prepack. */
function serves({ kernel, output, padBegin, x, w, sizes, dtype, paddingMode, gated }: Correlation): boolean {
  const flat = kernel[0] === 1 && output[0] === 1 && padBegin[0] === 0;
  const contiguous = x.spatial[2] === 1 && sizes.x > 0 && sizes.x % 4 === 0;
  return flat && contiguous && w.operand === "w" && dtype === "f32" && paddingMode === "zeros" && !gated;
}

/** Bytes of the texture of a tile, if it has one. */
function xBytes({ sizes }: Correlation, { uniform }: TexelTile): number {
  return uniform ? 0 : textureBytes(sizes.x * F32_BYTES);
}

/** The prepacked weights of a tile. */
interface TileWeights {
  readonly matrix: Unpacked;
  readonly rowsStep: number;
  readonly bytes: number;
  /** Vectors of a tile, and of a channel if the channels of a tile follow each other. */
  readonly tileVectors: number;
  readonly channelVectors: number;
  /** Tiles after which a binding may begin. */
  readonly aligned: number;
}

/** The weights of the tiles of a correlation, each a matrix; undefined if they are no even part of the weights. */
function weightsOf(c: Correlation, { tileV, lanes }: TexelTile): TileWeights | undefined {
  if (lanes === 4) {
    const matrix = tileRows(c, 4 * tileV);
    if (!matrix) return undefined;
    const { rowsStep } = packedTile(4 * tileV);
    const { rows, bytes } = packedSize(matrix, rowsStep);
    return { matrix, rowsStep, bytes, tileVectors: rows * tileV, channelVectors: 0, aligned: 1 };
  }
  const matrix = { ...termRows(c), innerFirst: false, termsAreRows: false };
  const { columns, bytes } = packedSize(matrix, 1);
  const channelVectors = columns / 4;
  const aligned = STORAGE_ALIGNMENT / VECTOR_BYTES;
  return { matrix, rowsStep: 1, bytes, tileVectors: tileV * channelVectors, channelVectors, aligned };
}

/** The ranges of tiles whose weights are bound together; none if those of few tiles do not fit. */
function rangesOf(tiles: number, { tileVectors, aligned }: TileWeights, { uniformBytes = 0 }: DeviceTraits) {
  const most = Math.floor(uniformBytes / VECTOR_BYTES / tileVectors);
  if (most >= tiles) return [[0, tiles] as const];
  if (most < aligned) return [];
  return evenParts(Math.ceil(tiles / aligned), Math.floor(most / aligned)).map(
    ([first, count]) => [first * aligned, Math.min(count * aligned, tiles - first * aligned)] as const,
  );
}

/** How a tile divides the outputs among threads, and their sums into steps. */
function cut(c: Correlation, { tileP, tileQ, tileV, lanes }: TexelTile) {
  const { N, C, K, groups, kernel, output, stride, dilation } = c;
  const [, R, S] = kernel;
  const { outputStep, shift } = sharing(c, 1);
  const rows = tileP * tileQ * tileV * lanes * R * S <= MAX_UNROLLED ? R : 1;
  const perP = Math.min(shift, rows);
  const tilesQ = Math.ceil(output[2] / tileQ);
  const tilesP = tilesAlong(output[1], tileP, outputStep);
  const tilesK = K / groups / (tileV * lanes);
  const places = tilesP * tilesQ;
  const cellColumns = (tileQ - 1) * stride[2] + (S - 1) * dilation[2] + 1;
  return {
    ...{ rows, perP, shift, outputStep, tilesQ, tilesK, places, cellColumns },
    cellRows: (tileP - 1) * perP + rows,
    texels: Math.floor((cellColumns + 6) / 4),
    steps: (C / groups) * (R / rows),
    tiles: groups * tilesK,
    threads: N * groups * tilesK * places,
  };
}

/** The tile of so many outputs and channels. */
function texelTile(tile: Omit<TexelTile, "name">): TexelTile {
  const { tileP, tileQ, tileV, lanes, uniform } = tile;
  const channels = tileV * lanes;
  const name = `p${tileP}q${tileQ}${channels > 1 ? `k${channels}` : ""}-${uniform ? "uniforms" : "texels"}`;
  return { ...tile, name };
}

/** The tile of first calls, of the same channels, which binds the same weights. */
function briefTile(tile: TexelTile): TexelTile {
  return {
    ...tile,
    tileP: Math.min(tile.tileP, BRIEF.tileP),
    tileQ: Math.min(tile.tileQ, BRIEF.tileQ),
  };
}

/** The work of a tile; `moved` are the bytes of the operands. */
function texelsWork(c: Correlation, tile: TexelTile, moved: number): Work {
  const { tileP, tileQ, tileV, lanes, uniform } = tile;
  const { threads, steps, rows, cellRows, cellColumns, texels } = cut(c, tile);
  const channels = tileV * lanes;
  const outputs = tileP * tileQ * channels;
  const taps = rows * c.kernel[2];
  const step = cellRows * (COST.texel * texels + COST.cell * cellColumns) + COST.weight * taps * channels;
  return {
    threads,
    workgroupSize: WORKGROUP,
    multiplyAdds: threads * steps * outputs * taps,
    loads: threads * (steps * step + OUTPUT_LOADS * outputs),
    bytes: moved + (uniform ? 0 : 2 * numberBytes(c.sizes.x)),
  };
}

/**
 * The tiles that fit a correlation. Sizes that cut an axis into equally many tiles compute the same outputs: unless `every` one is asked for, only the
 * smallest is listed.
 */
function possibleTiles(c: Correlation, uniform: boolean, every: boolean): TexelTile[] {
  const groupK = c.K / c.groups;
  const vectors = [4, 2, 1].filter((tileV) => groupK % (4 * tileV) === 0).map((tileV) => [tileV, 4] as const);
  const channels = vectors.length > 0 ? vectors : [[divisorUpTo(groupK, 4), 1] as const];
  const sizes = (of: readonly number[], outputs: number): number[] =>
    of.filter((size, at) => every || at === 0 || Math.ceil(outputs / size) < Math.ceil(outputs / of[at - 1]!));
  return channels
    .flatMap(([tileV, lanes]) =>
      sizes(HEIGHTS, c.output[1]).flatMap((tileP) =>
        sizes(WIDTHS, c.output[2]).map((tileQ) => texelTile({ tileP, tileQ, tileV, lanes, uniform })),
      ),
    )
    .filter(({ tileP, tileQ, tileV, lanes }) => {
      const sums = tileP * tileQ * tileV * lanes;
      return sums <= MAX_SUMS && sums * c.kernel[2] <= MAX_UNROLLED;
    });
}

function texelsStep(c: Correlation, tile: TexelTile, weights: TileWeights, firstTile: number, tiles: number): Step {
  const { x, y, kernel, output, input, padBegin, stride, dilation } = c;
  const { tileP, tileQ, tileV, lanes, uniform } = tile;
  const { rows, perP, shift, outputStep, tilesQ, tilesK, places, steps } = cut(c, tile);
  const { tileVectors, channelVectors } = weights;
  const vectors = tiles * tileVectors;
  return dispatchOn([result(c)], {
    shaders: [
      ...(uniform ? [loadUniformShader] : [texelShader, loadTexelShader]),
      ...(lanes === 4 ? [weightsRowsShader, storeChannelsShader] : [weightsTermsShader, storeChannelShader]),
      storeOneShader,
      steps === 1 ? oneStepShader : stepsShader,
      directTexelsShader,
    ],
    aliases: { V: lanes === 4 ? "vec4f" : "f32" },
    constants: {
      ...(uniform ? { INPUT_VECTORS: c.sizes.x / 4 } : { TEXTURE_WIDTH }),
      ...{ TILE_P: tileP, TILE_Q: tileQ, TILE_V: tileV, LANES: lanes, K_TAIL: false },
      ...{ ROWS: rows, COLUMNS: kernel[2], OUT_STEP_P: outputStep, SHIFT_P: shift, PER_P: perP },
      ...{ STRIDE_H: stride[1], STRIDE_W: stride[2], DILATION_H: dilation[1], DILATION_W: dilation[2] },
      ...{ PADDING_VALUE: { f32: c.paddingValue }, WEIGHT_VECTORS: vectors, WORKGROUP_SIZE: WORKGROUP },
    },
    ranges: [
      { ...whole(BINDING.first, "x", c), ...(uniform ? { uniform } : { texture: true }) },
      preparedRange(BINDING.second, firstTile * tileVectors * VECTOR_BYTES, vectors * VECTOR_BYTES),
    ],
    uniforms: {
      ...{ steps, tilesQ, places, tilesK, firstTile, tiles },
      ...{ outputP: output[1], outputQ: output[2], groupK: c.K / c.groups, kernelR: kernel[1] },
      ...{ inputH: input[1], inputW: input[2], padH: padBegin[1], padW: padBegin[2] },
      ...{ xStart: x.start, xStrideN: x.batch, xStrideG: x.group, xStrideC: x.channel, xStrideH: x.spatial[1] },
      ...{ wTile: tileVectors, wChannel: channelVectors },
      ...{ yStart: y.start, yStrideN: y.batch, yStrideP: y.spatial[1], yStrideQ: y.spatial[2] },
      yChannels: channelUniforms(c),
    },
    threads: c.N * tiles * places,
  });
}

function candidateOf(c: Correlation, tile: TexelTile, work: Work, device: DeviceTraits): Candidate | undefined {
  const weights = weightsOf(c, tile);
  const texture = xBytes(c, tile);
  if (!weights || texture + weights.bytes > device.maxWorkspaceBytes || weights.bytes > device.maxBindingBytes)
    return undefined;
  const { steps, tiles } = cut(c, tile);
  const ranges = rangesOf(tiles, weights, device);
  if (ranges.length === 0) return undefined;
  const { matrix, rowsStep, bytes } = weights;
  return {
    variant: tile.name,
    workspaceBytes: 0,
    preparedBytes: bytes,
    textures: texture > 0 ? [texture] : [],
    dispatches: 1 + ranges.length,
    work: divide(work, ranges.length),
    error: SEQUENTIAL_SUM,
    iterations: steps,
    plan: () => ({
      steps: ranges.map(([first, count]) => ({
        ...texelsStep(c, tile, weights, first, count),
        brief: texelsStep(c, briefTile(tile), weights, first, count),
      })),
      workspaceBytes: 0,
      preparation: {
        steps: [packStep(matrix, "w", preparedRange(BINDING.output, 0, bytes), c, rowsStep)],
        bytes,
      },
    }),
  };
}

/** The kernels whose rows are texels. */
export const directTexels: Kernels = (c, device, variant) => {
  const { uniformBytes = 0, textureBytes: most = 0 } = device;
  const fits = c.x.operand !== "workspace" && numberBytes(c.sizes.x) <= uniformBytes;
  const uniform = fits && !variant?.endsWith("texels");
  if (!serves(c) || (!uniform && textureBytes(c.sizes.x * F32_BYTES) > most)) return [];
  const moved = operandBytes(c); // the same for all tiles
  const rated = possibleTiles(c, uniform, variant !== undefined)
    .filter(({ name }) => variant === undefined || name === variant)
    .map((tile) => {
      const work = texelsWork(c, tile, moved);
      return { tile, work, seconds: estimate([work], device.rates) };
    })
    .toSorted((a, b) => a.seconds - b.seconds);
  for (const { tile, work } of rated) {
    const candidate = candidateOf(c, tile, work, device);
    if (candidate) return [candidate];
  }
  return [];
};
