// Direct kernels for adapters that load from uniforms many times as fast as from storage: the prepacked weights of some tiles of channels at a time are
// bound as uniforms.
import weightsFourShader from "../../../shaders/algorithms/direct/weights-four.wgsl";
import weightsUniformShader from "../../../shaders/algorithms/direct/weights-uniform.wgsl";
import loadWeightShader from "../../../shaders/lib/load-weight.wgsl";
import weightChannelsShader from "../../../shaders/lib/weight-channels.wgsl";
import { elementCount } from "../../base/shape.ts";
import { F32_BYTES } from "../../kernel/element-types.ts";
import { BINDING, STORAGE_ALIGNMENT, type Step } from "../../kernel/step.ts";
import type { Correlation } from "../../problem/correlation.ts";
import { type Candidate, type Kernels, SEQUENTIAL_SUM } from "../algorithm.ts";
import { UNIFORM_WORKGROUP, divide } from "../cost.ts";
import { type Unpacked, packStep, packedSize } from "../gemm/pack.ts";
import { VECTOR_BYTES, evenParts, uniformGrid } from "../gemm/uniform-weights.ts";
import { termRows } from "../gemm/weights.ts";
import { isGated, preparedRange } from "../operands.ts";
import type { DeviceTraits } from "../traits.ts";
import { type DirectTile, bestWidth, briefTile, cut, directStep, directWork, fittedTile } from "./direct.ts";

/** Most outputs of a row in the thread tile. */
const MAX_WIDTH = 14;

/** Rows of a packed tile are padded so that the next one may be bound. */
export function packedTile(tileK: number): { rowsStep: number } {
  return { rowsStep: STORAGE_ALIGNMENT / F32_BYTES / tileK };
}

/** The weights, a matrix for each tile of channels; undefined if tiles are no even part of the weights. */
export function tileRows(c: Correlation, tileK: number): Unpacked | undefined {
  const { K, groups, phases, w } = c;
  const counts = phases ? elementCount(phases.counts) : 1;
  const groupK = K / groups;
  const even = groups === 1 || w.group === (groupK / counts) * w.outputChannel;
  if (!even || groupK % tileK !== 0 || tileK % counts !== 0) return undefined;
  return {
    ...termRows(c),
    innerFirst: false,
    batch: K / tileK,
    channels: tileK,
    batchStride: (tileK / counts) * w.outputChannel,
  };
}

/** The tiles whose weights can be bound, the widest first. */
function tilesFor(c: Correlation, { uniformBytes = 0 }: DeviceTraits): DirectTile[] {
  const tileQ = bestWidth(c, c.output[2], MAX_WIDTH);
  return [16, 8, 4]
    .filter((tileK) => {
      const matrix = tileRows(c, tileK);
      return matrix && packedSize(matrix, packedTile(tileK).rowsStep).bytes / matrix.batch <= uniformBytes;
    })
    .map((tileK) => fittedTile(c, false, tileQ, tileK))
    .filter(({ lanes }) => lanes === 4)
    .map((tile) => ({ ...tile, uniform: true, name: `${tile.name}-uniform` }));
}

function candidateOf(c: Correlation, tile: DirectTile, device: DeviceTraits): Candidate {
  const tileK = tile.tileV * tile.lanes;
  const matrix = tileRows(c, tileK)!;
  const { rowsStep } = packedTile(tileK);
  const { rows, bytes } = packedSize(matrix, rowsStep);
  const tileVectors = rows * tile.tileV;
  const ranges = evenParts(matrix.batch, Math.floor(device.uniformBytes! / (tileVectors * VECTOR_BYTES)));
  const [T, R, S] = c.kernel;
  // All ranges bind as many tiles, so that they share a kernel: the last begins among those before it.
  const bound = ranges[0]![1];
  const vectors = bound * tileVectors;
  const stepOf = ({ brief, ...step }: Step, own: DirectTile, [firstTile, tiles]: [number, number]): Step => {
    const { kernel, bindings, uniforms } = step;
    // Those of first calls have fewer channels.
    const times = tile.tileV / own.tileV;
    const firstBound = firstTile + tiles - bound;
    const threads = c.N * tiles * times * cut(c, own).places;
    return {
      ...(brief && { brief: stepOf(brief, briefTile(tile)!, [firstTile, tiles]) }),
      kernel: {
        ...kernel,
        shaders: kernel.shaders
          .filter((one) => one !== loadWeightShader && one !== weightChannelsShader)
          .map((one) => (one === weightsFourShader ? weightsUniformShader : one)),
        constants: {
          ...kernel.constants,
          WEIGHT_VECTORS: vectors,
          PACKED_V: tile.tileV,
          WORKGROUP_SIZE: UNIFORM_WORKGROUP,
        },
        aliases: { ...kernel.aliases, LaneOffsets: "u32" },
      },
      bindings: bindings.map((one) =>
        one.binding === BINDING.second
          ? preparedRange(BINDING.second, firstBound * tileVectors * VECTOR_BYTES, vectors * VECTOR_BYTES)
          : one,
      ),
      uniforms: {
        ...uniforms,
        ...{ threads, firstTile: firstTile * times, tiles: tiles * times },
        ...{ wStart: 0, wStrideG: tileVectors, wStrideC: T * R * S * tile.tileV },
        ...{ wStrideT: R * S * tile.tileV, wStrideR: S * tile.tileV, wStrideS: tile.tileV },
        wChannels: { firstTile: firstBound },
      },
      workgroups: uniformGrid(threads),
    };
  };
  return {
    variant: tile.name,
    workspaceBytes: 0,
    preparedBytes: bytes,
    dispatches: 1 + ranges.length,
    work: divide(directWork(c, tile), ranges.length),
    error: SEQUENTIAL_SUM,
    iterations: cut(c, tile).steps,
    plan: () => ({
      steps: ranges.map((range) => stepOf(directStep(c, tile, device), tile, range)),
      workspaceBytes: 0,
      preparation: {
        steps: [packStep(matrix, "w", preparedRange(BINDING.output, 0, bytes), c, rowsStep)],
        bytes,
      },
    }),
  };
}

/** The kernels on tiles of neighbouring outputs of a row, with weights as uniforms. */
export const directUniform: Kernels = (c, device, variant) => {
  if (!device.uniformBytes || c.w.operand !== "w" || isGated(c, "w")) return [];
  const tiles = tilesFor(c, device).filter(({ name }) => variant === undefined || name === variant);
  return tiles
    .slice(0, 1)
    .map((tile) => candidateOf(c, tile, device))
    .filter(({ preparedBytes }) => preparedBytes <= Math.min(device.maxWorkspaceBytes, device.maxBindingBytes));
};
