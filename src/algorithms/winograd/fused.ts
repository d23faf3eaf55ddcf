// F(2, 3) in one dispatch beside the cached transform of the filters, for adapters with workgroup memory: transformed tiles and their products
// never reach memory (fused.wgsl). Tiles with more points do not fit: F(4, 3) has 36, and 16 KiB hold four channels of 32 tiles and 32 outputs
// at 16 points.
import fusedShader from "../../../shaders/algorithms/winograd/fused.wgsl";
import tileShader from "../../../shaders/algorithms/winograd/tile.wgsl";
import { elementCount } from "../../base/shape.ts";
import { BINDING, type Step } from "../../kernel/step.ts";
import { type Correlation, seenEnd } from "../../problem/correlation.ts";
import type { Candidate, Variant } from "../algorithm.ts";
import { OUTPUT_LOADS, type Work, numberBytes } from "../cost.ts";
import {
  alongAxes,
  dispatchOn,
  inputUniforms,
  isMap,
  numbersOf,
  outputUniforms,
  paddedInput,
  preparedRange,
  result,
} from "../operands.ts";
import type { DeviceTraits } from "../traits.ts";
import { type Geometry, geometryOf } from "./geometry.ts";
import { transformLines } from "./lines.ts";
import { filterStep } from "./steps.ts";
import type { Tile } from "./tiles.ts";
import { filterWork, winogradError } from "./winograd.ts";

/** Tiles and output channels of a workgroup, `side` of each. */
interface FusedVariant extends Variant {
  readonly side: number;
}

/** Invocations of a workgroup, 16 for each point, and bytes of its memory: four channels, or eight, of all points of a block. */
const THREADS = 256;
const WORKGROUP_BYTES = 16_384;

const VARIANTS: readonly FusedVariant[] = [32, 16].map((side) => ({ name: `f2x3-fused${side}`, side }));

/** Sums of a thread: a block has 16 points. */
function sumsOf({ side }: FusedVariant): number {
  return (16 * side ** 2) / THREADS;
}

/** Whether a correlation can be computed in one dispatch: F(2, 3) along height and width, of one dense kernel, with padding of zeros or cells. */
function isPossible(c: Correlation, { tile, outputs, partition }: Geometry, device: DeviceTraits): boolean {
  const [d, h, w] = outputs;
  const dense = elementCount(partition.subkernels) === 1 && c.stride.every((step) => step === 1) && !isMap(c);
  const zeros = c.paddingMode !== "zeros" || c.paddingValue === 0;
  return (
    tile.name === "f2x3" && d === 1 && h === 2 && w === 2 && dense && zeros && device.maxWorkgroupInvocations >= THREADS
  );
}

/**
 * Whether a device keeps the sums of a thread in registers, beside the cells of four channels. Those take as many again on Intel, where 8 lanes hold the
 * smaller block, and 16 lanes of Xe-LP neither (compiled by Mesa).
 */
function isWorthTrying(variant: FusedVariant, { gpu, maxSums, workgroupBytes }: DeviceTraits): boolean {
  return workgroupBytes >= WORKGROUP_BYTES && sumsOf(variant) * (gpu === "intel" ? 2 : 1) <= maxSums;
}

/** The variants worth trying with the given tiles, or the one of a name if the device can run it. */
function fusedVariants(
  c: Correlation,
  geometry: Geometry,
  device: DeviceTraits,
  name: string | undefined,
): readonly FusedVariant[] {
  if (!isPossible(c, geometry, device)) return [];
  return VARIANTS.filter((one) => (name === undefined ? isWorthTrying(one, device) : one.name === name));
}

function blocksOf({ tileCount, groupK }: Geometry, { side }: FusedVariant): { tiles: number; channels: number } {
  return { tiles: Math.ceil(tileCount / side), channels: Math.ceil(groupK / side) };
}

function fusedStep(c: Correlation, device: DeviceTraits, geometry: Geometry, variant: FusedVariant): Step {
  const { tiles, tileCount, groupK, paddedC, paddedK, filterBytes } = geometry;
  const blocks = blocksOf(geometry, variant);
  const workgroups = c.groups * blocks.tiles * blocks.channels;
  return dispatchOn([paddedInput(c), result(c)], {
    workgroups,
    subgroupSize: device.subgroupSize,
    shaders: [tileShader, fusedShader],
    constants: { WORKGROUP_SIZE: THREADS, SIDE: variant.side, CHANNELS_LAST: c.layout === "channels-last" },
    ranges: [preparedRange(BINDING.second, 0, filterBytes)],
    uniforms: {
      // A round transforms one output of each thread.
      ...{
        rounds: variant.side ** 2 / THREADS,
        workgroups,
        kBlocks: blocks.channels,
        tileBlocks: blocks.tiles,
        tileCount,
      },
      ...{ groupC: c.C / c.groups, groupK, paddedC },
      filterPoint: (c.groups * paddedC * paddedK) / 4,
      filterGroup: (paddedC * paddedK) / 4,
      filterRow: paddedK / 4,
      ...alongAxes("tiles", tiles, "output"),
      ...alongAxes("end", seenEnd(c)),
      ...inputUniforms(c),
      ...outputUniforms(c),
    },
  });
}

/** Numbers that a workgroup loads in a K-step: twice as many cells as its transformed tiles have, and the filters of its outputs. */
const STEP_CELLS = 4096;
const STEP_FILTERS = 2048;

/** Numbers that a thread loads from workgroup memory and stores there in a K-step, on average. */
const STEP_NUMBERS = 80;

/** Instructions of a thread in a K-step beside multiply-adds and loads, on average: addresses, the test for padding, the transform. */
const STEP_INSTRUCTIONS = 90;

/** The work: blocks that reach past an edge compute all of it. Each block of channels transforms the tiles again. */
function fusedWork(c: Correlation, geometry: Geometry, variant: FusedVariant): Work {
  const { side } = variant;
  const { points, tileCount, groupK, paddedC, filterBytes } = geometry;
  const blocks = blocksOf(geometry, variant);
  const workgroups = c.groups * blocks.tiles * blocks.channels;
  const channels = 128 / side;
  const stepsOfOne = Math.ceil(paddedC / channels);
  const steps = workgroups * stepsOfOne;
  const outputs = 4 * tileCount * c.groups * groupK;
  // Neighbouring threads load every second cell of a row, or some channels of neighbouring tiles.
  const cellLines = c.layout === "channels-last" ? 32 / channels : 2;
  // Tiles share half of their 4 x 4 cells with the next along each axis.
  const distinct = 8 * side * channels;
  return {
    threads: workgroups * THREADS,
    multiplyAdds: steps * channels * points * side ** 2,
    loads: steps * (STEP_CELLS + STEP_FILTERS) + OUTPUT_LOADS * outputs,
    lines: (cellLines * STEP_CELLS + STEP_FILTERS) / (STEP_CELLS + STEP_FILTERS),
    bytes: numberBytes(numbersOf(c).x, numbersOf(c).y) + filterBytes,
    traffic: numberBytes(steps * (distinct + STEP_FILTERS), outputs),
    workgroups,
    workgroupLoads: steps * THREADS * STEP_NUMBERS,
    barriers: 2 * stepsOfOne,
    instructions: steps * THREADS * STEP_INSTRUCTIONS,
  };
}

/** The candidates that do all but the transform of the filters in one step. */
export function fused(c: Correlation, device: DeviceTraits, tile: Tile, name?: string): Candidate[] {
  const geometry = geometryOf(c, tile, true);
  const { filterBytes } = geometry;
  if (filterBytes > Math.min(device.maxBindingBytes, device.maxWorkspaceBytes)) return [];
  return fusedVariants(c, geometry, device, name).map((variant) => ({
    variant: variant.name,
    workspaceBytes: 0,
    preparedBytes: filterBytes,
    dispatches: 2,
    work: [...filterWork(c, geometry, true), fusedWork(c, geometry, variant)],
    error: winogradError(c, tile),
    plan: () => ({
      workspaceBytes: 0,
      preparation: { steps: [filterStep(c, geometry, transformLines(device))], bytes: filterBytes },
      steps: [fusedStep(c, device, geometry, variant)],
    }),
  }));
}
