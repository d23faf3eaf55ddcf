// The kernels of depthwise.ts for large kernels on GPUs: the weights do not fit a thread's registers (sliding.ts), so each thread takes the
// kernel column by column. Its outputs are neighbours of a column, so that neighbouring threads load neighbouring cells.
//
// Of the loop on Navi 21, 31x31, multiply-adds are 50 % with 8 outputs, 61 % with 14 and 64 % with 16, in 48 to 64 registers; tiles that find each
// cell by itself (tiles.ts) reach 18 to 31 %. On Xe-LP none spills.
import columnsShader from "../../../shaders/algorithms/depthwise/columns.wgsl";
import stripShader from "../../../shaders/algorithms/depthwise/strip.wgsl";
import { BINDING, type Step, WORKGROUP_SIZE } from "../../kernel/step.ts";
import type { Correlation } from "../../problem/correlation.ts";
import { type Kernels, type Variant, oneStep } from "../algorithm.ts";
import { OUTPUT_LOADS, type Work, estimate, numberBytes } from "../cost.ts";
import {
  channelUniforms,
  dispatchOn,
  loader,
  numbersOf,
  operandBytes,
  paddedInput,
  result,
  windowConstants,
} from "../operands.ts";
import type { DeviceTraits } from "../traits.ts";
import { isFlat } from "./sliding.ts";
import { sharing, tilesAlong } from "./tile.ts";

/** A thread's outputs of a column. */
interface Column extends Variant {
  readonly tileP: number;
}

const HEIGHTS = [4, 7, 8, 14, 16];

/** Kernel rows that a turn may take. The number that leaves the fewest rows over is chosen, since those are unrolled a second time. */
const STEPS = [8, 7, 6, 5];

/** Kernels of fewer taps have other tiles. */
const FEW_TAPS = 10;

/** Sums that a device's registers are meant for, for each output of a thread: cells that outputs share take the other registers. */
const SUMS_PER_OUTPUT = 2;

function columnOf(tileP: number): Column {
  return { name: `p${tileP}-columns`, tileP };
}

/** Whether these kernels serve a correlation: windows of neighbouring outputs start a cell apart, and padding has one value. */
function serves(c: Correlation): boolean {
  const [, R, S] = c.kernel;
  return isFlat(c) && c.paddingMode === "zeros" && sharing(c, 1).shift === 1 && R * S >= FEW_TAPS;
}

/** How the outputs are divided among threads, and the rows of the kernel into turns. */
function cut(c: Correlation, { tileP }: Column) {
  const [, R] = c.kernel;
  const step = R <= STEPS[0]! ? R : STEPS.reduce((best, one) => (R % one < R % best ? one : best));
  const { outputStep } = sharing(c, 1);
  const strips = tilesAlong(c.output[1], tileP, outputStep);
  const turns = Math.floor(R / step);
  return { step, turns, tail: R % step, outputStep, strips, threads: c.N * c.groups * c.output[2] * strips };
}

/** Instructions beside multiply-adds and loads, counted on Navi 21: of a thread, of a column of the kernel, of a turn, of a cell, of a weight. */
const INSTRUCTIONS = { thread: 100, column: 12, turn: 6, cell: 4, weight: 1 };

function columnsWork(c: Correlation, column: Column): Work {
  const { tileP } = column;
  const { threads, turns } = cut(c, column);
  const [, R, S] = c.kernel;
  const cells = tileP - 1 + R;
  const { thread, ...each } = INSTRUCTIONS;
  const ofColumn = each.column + turns * (each.turn + tileP - 1) + cells * each.cell + R * each.weight;
  const workgroups = Math.ceil(threads / WORKGROUP_SIZE);
  // The cells of a workgroup come from the last cache once.
  const seen = (WORKGROUP_SIZE + S) * cells + R * S;
  return {
    threads,
    multiplyAdds: threads * tileP * R * S,
    loads: threads * (S * (cells + R) + OUTPUT_LOADS * tileP),
    instructions: threads * (thread + S * ofColumn),
    // A turn waits for what it loads.
    ...{ workgroups, barriers: S * Math.max(1, turns) },
    lines: c.layout === "channels-last" ? 1 : c.stride[2],
    bytes: operandBytes(c),
    traffic: numberBytes(workgroups * seen, numbersOf(c).y),
  };
}

/** The columns for a correlation on a GPU, the fastest by estimate first. */
function columnsFor(c: Correlation, device: DeviceTraits): Column[] {
  if (!serves(c)) return [];
  const sums = device.subgroupSize === undefined ? device.maxSums : device.maxSums / 2;
  const secondsOf = (one: Column): number => estimate([columnsWork(c, one)], device.rates);
  return HEIGHTS.filter((tileP) => SUMS_PER_OUTPUT * tileP <= sums)
    .map(columnOf)
    .toSorted((a, b) => secondsOf(a) - secondsOf(b));
}

/** The column of a name. */
function columnNamed(c: Correlation, name: string): Column | undefined {
  return serves(c) ? HEIGHTS.map(columnOf).find((one) => one.name === name) : undefined;
}

function columnsStep(c: Correlation, column: Column, { subgroupSize }: DeviceTraits): Step {
  const { x, w, y } = c;
  const { step, turns, tail, outputStep, strips, threads } = cut(c, column);
  return dispatchOn([paddedInput(c), loader(c, "w", BINDING.second), result(c)], {
    shaders: [stripShader, columnsShader],
    constants: {
      ...{ TILE_P: column.tileP, OUT_STEP: outputStep, COLUMNS: c.kernel[2], STEP: step, TURNS: turns, TAIL: tail },
      ...windowConstants(c),
    },
    uniforms: {
      ...{ strips, channels: c.groups, outputP: c.output[1], outputQ: c.output[2] },
      ...{ inputH: c.input[1], inputW: c.input[2], padH: c.padBegin[1], padW: c.padBegin[2] },
      ...{ xStart: x.start, xStrideN: x.batch, xChannel: x.group, xStrideH: x.spatial[1], xStrideW: x.spatial[2] },
      xNext: x.spatial[1] * c.dilation[1],
      ...{ wStart: w.start, wChannel: w.group, wStrideR: w.taps[1], wStrideS: w.taps[2] },
      ...{ yStart: y.start, yStrideN: y.batch, yStrideP: y.spatial[1], yStrideQ: y.spatial[2] },
      yChannels: channelUniforms(c),
    },
    threads,
    subgroupSize,
  });
}

/** The kernels that take large kernels column by column. */
export const depthwiseColumns: Kernels = (c, device, variant) => {
  const columns = variant === undefined ? (device.software ? [] : columnsFor(c, device)) : [columnNamed(c, variant)];
  return columns
    .filter((one) => one !== undefined)
    .map((one) => oneStep(one.name, columnsWork(c, one), () => columnsStep(c, one, device)));
};
