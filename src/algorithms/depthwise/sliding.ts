// The kernels of depthwise.ts for GPUs: each thread slides a window down a strip of outputs. A turn of its loop loads a row of cells and finishes a
// row of outputs, so that few instructions but multiply-adds are left, registers do not limit how high a strip is, and strips of every height
// share a kernel of little code.
//
// Of the loop on Navi 21, 3x3, multiply-adds are 43 % with strips 2 wide, 50 % with 4 and 59 % with 8, in vectors of four channels 49 % with 1, 58 %
// with 2 and 63 % with 4; a lane takes 32 to 112 registers. A thread that computes 4 x 4 outputs without a loop reaches 26 %: addresses, tests for
// padding and divisions of its index are most of it. On Xe-LP strips do not spill, 4 x 4 outputs do.
import slidingShader from "../../../shaders/algorithms/depthwise/sliding.wgsl";
import fourShader from "../../../shaders/algorithms/depthwise/sliding/four.wgsl";
import oneShader from "../../../shaders/algorithms/depthwise/sliding/one.wgsl";
import stripShader from "../../../shaders/algorithms/depthwise/strip.wgsl";
import { elementTypes } from "../../kernel/element-types.ts";
import { paddingSnippet } from "../../kernel/padding.ts";
import { BINDING, type Step, WORKGROUP_SIZE } from "../../kernel/step.ts";
import { type Correlation, repeatsAgain } from "../../problem/correlation.ts";
import { type Kernels, type Variant, oneStep } from "../algorithm.ts";
import { type Work, estimate } from "../cost.ts";
import {
  type Snippets,
  channelUniforms,
  dispatchOn,
  isGated,
  isMap,
  loader,
  operandBytes,
  paddedInput,
  result,
  whole,
  windowConstants,
} from "../operands.ts";
import type { DeviceTraits } from "../traits.ts";
import { sharing, tilesAlong } from "./tile.ts";

/** A strip of outputs, `rows` high and `tileQ` wide, of one channel or a vector of four. */
interface Strip extends Variant {
  readonly rows: number;
  readonly tileQ: number;
  readonly lanes: 1 | 4;
}

/** Most strips to offer for measurement. */
const MOST_STRIPS = 5;

const HEIGHTS = [1, 2, 4, 7, 8, 14, 16, 28, 32, 56, 64];
const WIDTHS = [1, 2, 4, 8];

function strip(rows: number, tileQ: number, lanes: 1 | 4): Strip {
  return { name: `p${rows}q${tileQ}${lanes > 1 ? `v${lanes}` : ""}-sliding`, rows, tileQ, lanes };
}

/** Whether a correlation has groups of one input and one output channel, a kernel that is no map, and two axes. */
export function isFlat(c: Correlation): boolean {
  const flat = c.kernel[0] === 1 && c.output[0] === 1 && c.padBegin[0] === 0;
  return flat && c.depthwise && c.C === c.groups && c.K === c.groups && !c.phases && !isMap(c);
}

/** Whether vectors of four channels can be loaded. */
function inVectors(c: Correlation): boolean {
  const { x, w, y, groups } = c;
  const gated = isGated(c, "x") || isGated(c, "w");
  const strides = [x.start, x.batch, ...x.spatial, w.start, ...w.taps, groups];
  return (
    !gated && [x.group, w.group, y.group].every((step) => step === 1) && strides.every((stride) => stride % 4 === 0)
  );
}

/** How strips divide the outputs among threads. */
function cut(c: Correlation, { rows, tileQ, lanes }: Strip) {
  const p = sharing(c, 1);
  const q = sharing(c, 2);
  const [, R, S] = c.kernel;
  // Outputs that share no cell load their own.
  const perP = Math.min(p.shift, R);
  const perQ = Math.min(q.shift, S);
  const strips = tilesAlong(c.output[1], rows, p.outputStep);
  const tilesQ = tilesAlong(c.output[2], tileQ, q.outputStep);
  return {
    ...{ p, q, perP, perQ, strips, tilesQ },
    channels: c.groups / lanes,
    cellColumns: (tileQ - 1) * perQ + S,
    /** Rows of outputs that are unfinished at a time. */
    depth: Math.ceil(R / p.shift),
    threads: c.N * (c.groups / lanes) * tilesQ * strips,
  };
}

/** Numbers that a thread holds through its loop: weights, sums, a row of cells, and where they lie. */
function heldNumbers(c: Correlation, one: Strip): number {
  const { depth, cellColumns } = cut(c, one);
  const [, R, S] = c.kernel;
  return one.lanes * (R * S + depth * one.tileQ + cellColumns) + cellColumns;
}

/** Instructions beside multiply-adds and loads, counted on Navi 21: of a thread, of a row of cells, of a cell, of a row of outputs, of an output. */
const INSTRUCTIONS = { thread: 150, cellRow: 9, cell: 2, outputRow: 8, output: 3 };

function slidingWork(c: Correlation, one: Strip): Work {
  const { tileQ, lanes } = one;
  const { threads, strips, depth, perP, p, cellColumns } = cut(c, one);
  const [, R, S] = c.kernel;
  // Rows of outputs of a strip, on average.
  const rows = c.output[1] / strips;
  const turns = rows + depth - 1;
  const cells = turns * perP * cellColumns * lanes;
  const instructions =
    INSTRUCTIONS.thread +
    turns *
      (perP * (INSTRUCTIONS.cellRow + INSTRUCTIONS.cell * cellColumns * Math.sqrt(lanes)) + INSTRUCTIONS.outputRow) +
    rows * INSTRUCTIONS.output * tileQ * lanes;
  const apart = p.outputStep > 1 ? c.stride[2] : tileQ * c.stride[2];
  return {
    threads,
    multiplyAdds: threads * turns * tileQ * lanes * R * S,
    loads: threads * (cells + R * S * lanes + rows * tileQ * lanes),
    instructions: threads * instructions,
    // What a turn loads is waited for as before a barrier.
    ...{ workgroups: Math.ceil(threads / WORKGROUP_SIZE), barriers: turns },
    lines: c.layout === "channels-last" ? 1 : Math.min(32, apart),
    bytes: operandBytes(c),
  };
}

/**
 * Most numbers that a thread may hold for each sum that the device's registers are meant for, of which small subgroups leave half, and in any case,
 * whatever the subgroups.
 */
const NUMBERS_PER_SUM = 2;
const LEAST_NUMBERS = 48;

/**
 * Strips whose computing takes less than this share of the time of memory count as equally fast. Of these more threads are better, since they hide
 * latency and suit chips larger than the class assumes, up to so many times as many as keep that busy.
 */
const HIDDEN = 0.5;
const ENOUGH = 4;

/** Most multiply-adds of a turn: each takes a line of source, of which a kernel has 24 kB at most. */
const MAX_UNROLLED = 128;

/** The strips for a correlation on a GPU, for each width the best height. */
function stripsFor(c: Correlation, device: DeviceTraits): Strip[] {
  if (!isFlat(c)) return [];
  const sums = device.subgroupSize === undefined ? device.maxSums : device.maxSums / 2;
  const most = Math.max(LEAST_NUMBERS, NUMBERS_PER_SUM * sums);
  const rated = (one: Strip) => {
    const work = slidingWork(c, one);
    const secondsAt = (bytes: number): number => estimate([work], { ...device.rates, bytes, traffic: Infinity });
    const threads = Math.min(work.threads, ENOUGH * device.rates.threads);
    return { one, threads, seconds: secondsAt(device.rates.bytes / HIDDEN), computing: secondsAt(Infinity) };
  };
  const byTime = (a: ReturnType<typeof rated>, b: ReturnType<typeof rated>): number =>
    a.seconds - b.seconds || b.threads - a.threads || a.computing - b.computing;
  const kinds = (inVectors(c) ? ([4, 1] as const) : ([1] as const)).flatMap((lanes) =>
    WIDTHS.filter((tileQ) => tileQ < 2 * c.output[2]).map((tileQ) => HEIGHTS.map((rows) => strip(rows, tileQ, lanes))),
  );
  return kinds
    .filter(([one]) => heldNumbers(c, one!) <= most && one!.tileQ * c.kernel[1] * c.kernel[2] <= MAX_UNROLLED)
    .map((heights) => heights.map(rated).toSorted(byTime)[0]!)
    .toSorted(byTime)
    .map(({ one }) => one);
}

/** The strip of a name. */
function stripNamed(c: Correlation, name: string): Strip | undefined {
  const [, rows, tileQ, vectors] = /^p(\d+)q(\d+)(v4)?-sliding$/.exec(name) ?? [];
  if (!isFlat(c) || (vectors && !inVectors(c))) return undefined;
  return HEIGHTS.includes(Number(rows)) && WIDTHS.includes(Number(tileQ))
    ? strip(Number(rows), Number(tileQ), vectors ? 4 : 1)
    : undefined;
}

/** The snippets that load the input, with its padding, and the weights. */
function operands(c: Correlation, lanes: 1 | 4): Partial<Snippets>[] {
  if (lanes === 1) return [paddedInput(c), loader(c, "w", BINDING.second), { shaders: [oneShader] }];
  const padding = paddingSnippet(c.paddingMode, repeatsAgain(c));
  return [
    {
      shaders: [fourShader, padding.shader],
      aliases: { E4: elementTypes(c.dtype).four },
      constants: { ...padding.constants, PADDING_VALUE: { f32: c.paddingValue } },
      bindings: [whole(BINDING.first, "x", c), whole(BINDING.second, "w", c)],
    },
  ];
}

function slidingStep(c: Correlation, one: Strip, { subgroupSize }: DeviceTraits): Step {
  const { rows, tileQ, lanes } = one;
  const { x, w, y } = c;
  const { p, q, perP, perQ, strips: stripCount, tilesQ, channels, threads } = cut(c, one);
  // Vectors are of neighbouring channels.
  const [xChannel, wChannel] = lanes === 1 ? [x.group, w.group] : [1, 1];
  return dispatchOn([...operands(c, lanes), result(c)], {
    shaders: [stripShader, slidingShader],
    aliases: { V: lanes === 4 ? "vec4f" : "f32" },
    constants: {
      ...{ TILE_Q: tileQ, LANES: lanes, ROWS: c.kernel[1], COLUMNS: c.kernel[2] },
      ...{ OUT_STEP_P: p.outputStep, OUT_STEP_Q: q.outputStep, SHIFT_P: p.shift, SHIFT_Q: q.shift },
      ...{ PER_P: perP, PER_Q: perQ },
      ...windowConstants(c),
    },
    uniforms: {
      ...{ rows, strips: stripCount, tilesQ, channels },
      ...{ outputP: c.output[1], outputQ: c.output[2] },
      ...{ inputH: c.input[1], inputW: c.input[2], padH: c.padBegin[1], padW: c.padBegin[2] },
      ...{ xStart: x.start / lanes, xStrideN: x.batch / lanes, xChannel },
      ...{ xStrideH: x.spatial[1] / lanes, xStrideW: x.spatial[2] / lanes },
      ...{ wStart: w.start / lanes, wChannel },
      ...{ wStrideR: w.taps[1] / lanes, wStrideS: w.taps[2] / lanes },
      ...{ yStart: y.start, yStrideN: y.batch, yStrideP: y.spatial[1], yStrideQ: y.spatial[2] },
      yChannels: channelUniforms(c),
    },
    threads,
    ...(heldNumbers(c, one) > LEAST_NUMBERS && { subgroupSize }),
  });
}

/** The kernels that slide down strips. */
export const depthwiseStrips: Kernels = (c, device, variant) => {
  const strips = variant === undefined ? (device.software ? [] : stripsFor(c, device)) : [stripNamed(c, variant)];
  return strips
    .filter((one) => one !== undefined)
    .slice(0, MOST_STRIPS)
    .map((one) => oneStep(one.name, slidingWork(c, one), () => slidingStep(c, one, device)));
};
